export const usage = `Usage: node packages/local-bedrock/src/cli.ts [options]

A local endpoint that answers the same HTTP as Amazon Bedrock, over HTTP/1.1 and HTTP/2 on one port. Its words come
from a stand-in, not a language model, unless you name a backend.

Where it listens
  --port N              the port; left out: a free one
  --host ADDRESS        the address; left out: 127.0.0.1, which only this machine reaches
  --region REGION       the AWS region it answers for; left out: us-east-1

Which models it serves
  --lab                 the workshop's retired models too, as in 2024 (the default)
  --today               not the retired ones, as AWS does now
  --date YYYY-MM-DD     with --today: the day to take as today
  --access MODEL=STATE  an account that lacks something: use-case-form, marketplace, iam or no-access

Where the words come from
  --backend URL         an OpenAI-compatible server, such as http://127.0.0.1:11434/v1
  --backend-model NAME  the model to ask for there; left out: the first it lists
  --backend-key KEY     the API key to send there; local servers seldom ask for one
  --record DIR          forward to AWS with your own credentials and keep each exchange as a file in DIR
  --upstream URL        with --record: forward to this endpoint instead
  --replay DIR          answer from the files in DIR
  --volatile NAME       with --replay: a member of bodies that does not count (default clientRequestToken)

Who is let in
  --auth sigv4|bearer   check signatures, or API keys; left out: everybody is let in
  --access-key ID:SECRET[:TOKEN]   with --auth sigv4: a key pair; left out: local:local
  --api-key KEY         with --auth bearer: a key; left out: local

What goes wrong
  --fault SPEC          such as ThrottlingException:times=2; "--fault help" lists what there is

What it tells
  --log FILE            write the line for each request to FILE, not to stderr
  --quiet               write no line for each request
  --journal FILE        append each request to FILE, as one line of JSON
  --help                print this

--access, --access-key, --api-key, --fault and --volatile may be given several times.`;
