import { createServer, type IncomingMessage } from 'node:http';
import { fill } from '../../packages/local-bedrock/src/words/stand-in/json/fill.ts';

interface Body {
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters: unknown } }[];
  readonly tool_choice?: unknown;
  readonly response_format?: { readonly json_schema: { readonly schema: unknown } };
}

type Answer =
  | { readonly content: string; readonly reasoning_content?: string }
  | { readonly name: string; readonly input: unknown };

const least = (schema: unknown) => fill(schema, { text: '', seed: 1, whenMissing: 'placeholder' });
const withoutSense = 'Well, that depends. Many people ask this, and *I* like the sea!';

/** Models that no lesson was written for: what each says, whatever it is asked. */
export const otherModels: Readonly<Record<string, (body: Body) => Answer>> = {
  /** As from a server that holds nobody to a form: never a label, never JSON, never a call. */
  'that chats and keeps to no form': () => ({ content: withoutSense }),
  'that says nothing': () => ({ content: '' }),
  /** And white space is all that its answers hold. */
  'that thinks and says nothing': () => ({ content: ' \n', reasoning_content: 'Let me see.' }),
  /** The form is kept, as by grammar, and what is in it has nothing to do with the question. */
  'that keeps to each form with values of no sense': ({ tools = [], tool_choice, response_format }) => {
    if (response_format) return { content: JSON.stringify(least(response_format.json_schema.schema)) };
    const called = typeof tool_choice === 'object' || tool_choice === 'required' ? tools[0] : undefined;
    if (called === undefined) return { content: '7' };
    return { name: called.function.name, input: least(called.function.parameters) };
  },
  /** Where it may call a tool it calls one, result or not, and with whatever its schema lets pass. */
  'that calls tools without end': ({ tools = [] }) => {
    const tool = tools.at(-1);
    if (tool === undefined) return { content: 'Ok.' };
    return { name: tool.function.name, input: least(tool.function.parameters) };
  },
};

/** A server with OpenAI's API, on this machine, whose model answers so. */
export async function serveOtherModel(answer: (body: Body) => Answer) {
  const server = createServer((request, response) => {
    if (request.url === '/v1/models') {
      response.end(JSON.stringify({ data: [{ id: 'another-model' }] }));
      return;
    }
    if (request.url !== '/v1/chat/completions') {
      response.writeHead(404).end();
      return;
    }
    void bodyOf(request).then((body) => {
      const given = answer(body);
      const message =
        'content' in given
          ? { role: 'assistant', ...given }
          : {
              role: 'assistant',
              content: null,
              tool_calls: [{ id: 'call_0', function: { ...given, arguments: JSON.stringify(given.input) } }],
            };
      const finish = 'content' in given ? 'stop' : 'tool_calls';
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: finish }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}
