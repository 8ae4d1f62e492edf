import { accountId } from '../models/access.ts';
import type { Service } from '../operations/operation.ts';

/** What CreateModelInvocationJob is given, checked. */
export interface JobDefinition {
  readonly jobName: string;
  readonly roleArn: string;
  readonly clientRequestToken?: string;
  readonly modelId: string;
  readonly inputDataConfig: {
    readonly s3InputDataConfig: { readonly s3Uri: string; readonly s3InputFormat?: string };
  };
  readonly outputDataConfig: { readonly s3OutputDataConfig: { readonly s3Uri: string } };
  readonly vpcConfig?: unknown;
  readonly timeoutDurationInHours?: number;
  readonly modelInvocationType?: 'InvokeModel' | 'Converse';
}

/** ModelInvocationJobStatus of the API. */
export const jobStates = [
  'Submitted',
  'InProgress',
  'Completed',
  'Failed',
  'Stopping',
  'Stopped',
  'PartiallyCompleted',
  'Expired',
  'Validating',
  'Scheduled',
] as const;

export type JobStatus = (typeof jobStates)[number];

/** Why a job ends before its last record. */
export type JobEnd = 'stop' | 'timeout' | 'close';

/** A batch job, while it runs and after. */
export interface Job {
  readonly id: string;
  readonly arn: string;
  readonly definition: JobDefinition;
  /** As it was when the job was made. */
  readonly service: Service;
  readonly submitted: Date;
  readonly expires: Date;
  status: JobStatus;
  modified: Date;
  ended?: Date;
  /** Why it failed. */
  message?: string;
  readonly counts: { total: number; processed: number; success: number; error: number };
  readonly tokens: { input: number; output: number };
  /** Aborts with a `JobEnd`. */
  readonly ending: AbortController;
}

export const defaultTimeoutHours = 24;

/** A new job, `Submitted`. `hourMs`: how long an hour takes. */
export function newJob(id: string, definition: JobDefinition, service: Service, hourMs: number): Job {
  const submitted = new Date();
  const hours = definition.timeoutDurationInHours ?? defaultTimeoutHours;
  return {
    id,
    arn: `arn:aws:bedrock:${service.region}:${accountId}:model-invocation-job/${id}`,
    definition,
    service,
    submitted,
    expires: new Date(submitted.getTime() + hours * hourMs),
    status: 'Submitted',
    modified: submitted,
    counts: { total: 0, processed: 0, success: 0, error: 0 },
    tokens: { input: 0, output: 0 },
    ending: new AbortController(),
  };
}

const lastStates: ReadonlySet<JobStatus> = new Set([
  'Completed',
  'Failed',
  'Stopped',
  'PartiallyCompleted',
  'Expired',
]);

export function isOver({ status }: Job): boolean {
  return lastStates.has(status);
}

export function setStatus(job: Job, status: JobStatus, message?: string): void {
  job.status = status;
  job.modified = new Date();
  if (message !== undefined) job.message = message;
  if (isOver(job)) job.ended = job.modified;
}

/** A job as GetModelInvocationJob and ListModelInvocationJobs describe it. */
export function describeJob({ arn, definition, status, message, counts, ...times }: Job): object {
  const { jobName, modelId, clientRequestToken, roleArn, inputDataConfig, outputDataConfig, vpcConfig } =
    definition;
  return {
    jobArn: arn,
    jobName,
    modelId,
    clientRequestToken,
    roleArn,
    status,
    message,
    submitTime: times.submitted,
    lastModifiedTime: times.modified,
    endTime: times.ended,
    inputDataConfig,
    outputDataConfig,
    vpcConfig,
    timeoutDurationInHours: definition.timeoutDurationInHours ?? defaultTimeoutHours,
    jobExpirationTime: times.expires,
    modelInvocationType: definition.modelInvocationType ?? 'InvokeModel',
    totalRecordCount: counts.total,
    processedRecordCount: counts.processed,
    successRecordCount: counts.success,
    errorRecordCount: counts.error,
  };
}
