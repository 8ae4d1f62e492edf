import { describeJob, type JobDefinition, jobStates } from '../batch/job.ts';
import { jobsOf } from '../batch/jobs.ts';
import { invalid } from '../http/refusal.ts';
import { jsonReply } from '../http/reply.ts';
import { resolveEmbeddingModel, resolveModel } from '../models/resolve-model.ts';
import { checkConstraints, checkUnions } from '../shapes/constraints.ts';
import { deserializeBody } from '../shapes/deserialize.ts';
import { document, listOf, oneOf, type StringShape, structure, text, union } from '../shapes/shape.ts';
import type { Operation } from './operation.ts';
import { page } from './paging.ts';

const s3Uri: StringShape = {
  type: 'string',
  minLength: 1,
  maxLength: 1024,
  pattern: /^s3:\/\/[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](\/.*)?$/,
};
const owner: StringShape = { type: 'string', pattern: /^[0-9]{12}$/ };

/** CreateModelInvocationJobRequest (API reference). */
const shape = structure(
  {
    jobName: {
      type: 'string',
      minLength: 1,
      maxLength: 63,
      pattern: /^[a-zA-Z0-9]{1,63}(-*[a-zA-Z0-9+\-.]){0,63}$/,
    },
    roleArn: { type: 'string', maxLength: 2048, pattern: /^arn:aws(-[^:]+)?:iam::([0-9]{12})?:role\/.+$/ },
    clientRequestToken: {
      type: 'string',
      minLength: 1,
      maxLength: 256,
      pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/,
    },
    modelId: { type: 'string', minLength: 1, maxLength: 2048 },
    inputDataConfig: union('ModelInvocationJobInputDataConfig', {
      s3InputDataConfig: structure({ s3Uri, s3InputFormat: oneOf('JSONL'), s3BucketOwner: owner }, ['s3Uri']),
    }),
    outputDataConfig: union('ModelInvocationJobOutputDataConfig', {
      s3OutputDataConfig: structure({ s3Uri, s3EncryptionKeyId: text, s3BucketOwner: owner }, ['s3Uri']),
    }),
    vpcConfig: document,
    timeoutDurationInHours: { type: 'integer', minimum: 24, maximum: 168 },
    tags: listOf(structure({ key: text, value: text }, ['key', 'value']), { maxLength: 200 }),
    modelInvocationType: oneOf('InvokeModel', 'Converse'),
  },
  ['jobName', 'roleArn', 'modelId', 'inputDataConfig', 'outputDataConfig'],
);

/** `POST /model-invocation-job`: a batch job, which runs while the endpoint does. */
export const createModelInvocationJob: Operation = {
  name: 'CreateModelInvocationJob',
  method: 'POST',
  path: /\/model-invocation-job\/?$/,
  run({ body }, service) {
    const fields = deserializeBody(body, shape);
    checkConstraints(fields, shape);
    checkUnions(fields, shape);
    const jobs = jobsOf(service);
    const definition = fields as unknown as JobDefinition;
    if (resolveEmbeddingModel(definition.modelId, service) === undefined) {
      resolveModel(definition.modelId, service);
    }
    return jsonReply({ jobArn: jobs.create(definition, service).arn });
  },
};

/** How GetModelInvocationJob and StopModelInvocationJob name a job (API reference). */
const named = structure({
  jobIdentifier: {
    type: 'string',
    maxLength: 1011,
    pattern: /^((arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:model-invocation-job\/)?[a-z0-9]{12})$/,
  },
});

function checkNamed(jobIdentifier: string): void {
  checkConstraints({ jobIdentifier }, named);
}

/** `GET /model-invocation-job/{id or ARN}`: where a job stands. */
export const getModelInvocationJob: Operation = {
  name: 'GetModelInvocationJob',
  method: 'GET',
  path: /\/model-invocation-job\/(.+)$/,
  run({ label }, service) {
    checkNamed(label);
    return jsonReply(describeJob(jobsOf(service).get(label)));
  },
};

/** `POST /model-invocation-job/{id or ARN}/stop`: what was answered so far is kept. */
export const stopModelInvocationJob: Operation = {
  name: 'StopModelInvocationJob',
  method: 'POST',
  path: /\/model-invocation-job\/(.+)\/stop$/,
  run({ label }, service) {
    checkNamed(label);
    jobsOf(service).stop(label);
    return jsonReply({});
  },
};

/** What ListModelInvocationJobs is asked for, as the query names it. */
const filters = structure({
  statusEquals: oneOf(...jobStates),
  nameContains: { type: 'string', minLength: 1, maxLength: 63 },
  sortBy: oneOf('CreationTime'),
  sortOrder: oneOf('Ascending', 'Descending'),
});

/** A time of a query in milliseconds; NaN where there is none. The text for what is no time is not AWS's. */
function timeOf(query: URLSearchParams, name: string): number {
  const value = query.get(name);
  const time = Date.parse(value ?? '');
  if (value !== null && Number.isNaN(time))
    throw invalid(`Value '${value}' at '${name}' is not a timestamp.`);
  return time;
}

/** `GET /model-invocation-jobs`: the jobs, newest first unless asked otherwise, by filters and page by page. */
export const listModelInvocationJobs: Operation = {
  name: 'ListModelInvocationJobs',
  method: 'GET',
  path: /\/model-invocation-jobs\/?$/,
  run({ query }, service) {
    checkConstraints(Object.fromEntries(query), filters);
    const [after, before] = [timeOf(query, 'submitTimeAfter'), timeOf(query, 'submitTimeBefore')];
    const status = query.get('statusEquals');
    const name = query.get('nameContains') ?? '';
    const found = jobsOf(service)
      .list()
      .filter(
        (job) =>
          (status === null || job.status === status) &&
          job.definition.jobName.includes(name) &&
          !(job.submitted.getTime() <= after) &&
          !(job.submitted.getTime() >= before),
      );
    if (query.get('sortOrder') === 'Ascending') found.reverse();
    const { items, nextToken } = page(found, query);
    return jsonReply({ invocationJobSummaries: items.map(describeJob), nextToken });
  },
};
