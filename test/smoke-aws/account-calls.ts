import type { Model } from 'bedrock-models';
import type { Call } from './calls.ts';

/** Calls that make something in the account, which others need, and take it away again. None of them costs anything. */

const blockedWord = 'xyzzy';

/** What the guardrail of a run is called. An account has one of this name at a time. */
export const ownGuardrail = 'smoke-aws';

/** A guardrail of one word: word filters are free, and a question that is blocked never reaches the model. */
const definition = {
  name: ownGuardrail,
  blockedInputMessaging: 'The question was blocked.',
  blockedOutputsMessaging: 'The answer was blocked.',
  wordPolicyConfig: { wordsConfig: [{ text: blockedWord }] },
};

function control(name: string, method: Call['method'], path: string, body?: unknown): Call {
  return { name, service: 'bedrock', method, path, body, costUsd: 0 };
}

/** A guardrail's life: made, asked, told to `guardedCalls`, changed and deleted. */
export function guardrailCalls(guardedCalls: readonly Call[]): Call[] {
  const apply = (name: string, source: string, text: string, path = '/guardrail/{guardrail}'): Call => ({
    ...control(`ApplyGuardrail: ${name}`, 'POST', `${path}/version/DRAFT/apply`, {
      source,
      content: [{ text: { text } }],
    }),
    service: 'bedrock-runtime',
  });
  const ready = { member: 'status', values: ['READY', 'FAILED'] };
  return [
    { ...control('CreateGuardrail', 'POST', '/guardrails', definition), gives: { guardrail: 'guardrailId' } },
    { ...control('GetGuardrail', 'GET', '/guardrails/{guardrail}'), until: ready },
    apply('a word that is blocked', 'INPUT', `Say ${blockedWord}.`),
    apply('an answer that is blocked', 'OUTPUT', `I say ${blockedWord}.`),
    apply('nothing found', 'INPUT', 'Say hello.'),
    apply('a source of its own', 'ANYWHERE', 'Say hello.'),
    apply('a guardrail of nobody', 'INPUT', 'Say hello.', '/guardrail/nobody123456'),
    ...guardedCalls,
    control('CreateGuardrailVersion', 'POST', '/guardrails/{guardrail}', { description: 'the first' }),
    { ...control('GetGuardrail again', 'GET', '/guardrails/{guardrail}'), until: ready },
    control('ListGuardrails', 'GET', '/guardrails?guardrailIdentifier={guardrail}'),
    control('UpdateGuardrail', 'PUT', '/guardrails/{guardrail}', { ...definition, description: 'changed' }),
    { ...control('GetGuardrail at last', 'GET', '/guardrails/{guardrail}'), until: ready },
    { ...control('DeleteGuardrail', 'DELETE', '/guardrails/{guardrail}'), cleansUp: true },
    control('GetGuardrail of nobody', 'GET', '/guardrails/nobody123456'),
  ];
}

/** The calls of a model with a question that the guardrail blocks: in each operation, with its trace. */
export function guardedCalls(id: string, native: (question: string) => object): Call[] {
  const question = `Say ${blockedWord}.`;
  const guardrail = { guardrailIdentifier: '{guardrail}', guardrailVersion: 'DRAFT', trace: 'enabled' };
  const converse = {
    messages: [{ role: 'user', content: [{ text: question }] }],
    guardrailConfig: guardrail,
    inferenceConfig: { maxTokens: 8 },
  };
  const headers = {
    'x-amzn-bedrock-guardrailidentifier': '{guardrail}',
    'x-amzn-bedrock-guardrailversion': 'DRAFT',
    'x-amzn-bedrock-trace': 'ENABLED',
  };
  const call = (name: string, operation: string, body: unknown): Call => ({
    ...control(`${name}, blocked, ${id}`, 'POST', `/model/${encodeURIComponent(id)}/${operation}`, body),
    service: 'bedrock-runtime',
  });
  return [
    call('Converse', 'converse', converse),
    call('ConverseStream', 'converse-stream', converse),
    { ...call('InvokeModel', 'invoke', native(question)), headers },
    { ...call('InvokeModelWithResponseStream', 'invoke-with-response-stream', native(question)), headers },
  ];
}

/** Where batch jobs read and write, and as whom. */
export interface BatchPlaces {
  /** `s3://bucket/folder`, without a slash at its end. */
  readonly folder: string;
  readonly roleArn: string;
}

/** Nobody waits for an answer to it: a local endpoint would have all of them before the job can be stopped. */
export const batchQuestion = 'Say hello to the batch.';

/** As many records as a job must have. */
export const batchInput = Array.from({ length: 100 }, (_, index) =>
  JSON.stringify({
    recordId: `record-${index}`,
    modelInput: {
      messages: [{ role: 'user', content: [{ text: batchQuestion }] }],
      inferenceConfig: { maxTokens: 1 },
    },
  }),
).join('\n');

/** A batch job, stopped at once so that it answers nothing; without places to read and write, what needs none. */
export function batchCalls({ id }: Model, places: BatchPlaces | undefined): Call[] {
  const { folder, roleArn } = places ?? { folder: 's3://smoke-aws', roleArn: 'nobody' };
  const body = {
    jobName: 'smoke-aws',
    roleArn,
    modelId: id,
    inputDataConfig: { s3InputDataConfig: { s3Uri: `${folder}/input.jsonl` } },
    outputDataConfig: { s3OutputDataConfig: { s3Uri: `${folder}/output/` } },
  };
  const create = control('CreateModelInvocationJob', 'POST', '/model-invocation-job', body);
  const job = '/model-invocation-job/{job}';
  const over = { member: 'status', values: ['Stopped', 'Completed', 'Failed', 'PartiallyCompleted'] };
  const nobody = '/model-invocation-job/abcdefghijkl';
  return [
    ...(places === undefined
      ? []
      : [
          { ...create, gives: { job: 'jobArn' } },
          control('GetModelInvocationJob', 'GET', job),
          { ...control('StopModelInvocationJob', 'POST', `${job}/stop`), cleansUp: true },
          { ...control('GetModelInvocationJob, stopped', 'GET', job), until: over },
        ]),
    { ...create, name: 'CreateModelInvocationJob for nobody', body: { ...body, roleArn: 'nobody' } },
    control('GetModelInvocationJob of nobody', 'GET', nobody),
    control('StopModelInvocationJob of nobody', 'POST', `${nobody}/stop`),
    control('ListModelInvocationJobs', 'GET', '/model-invocation-jobs?maxResults=1&nameContains=smoke-aws'),
  ];
}
