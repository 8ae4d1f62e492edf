/** What batch jobs are held to. AWS sets them by model; tests set them lower. */
export interface BatchQuotas {
  /** Records of a job, at least and at most. Default 100 and 50,000. */
  readonly minimumRecords: number;
  readonly maximumRecords: number;
  /** Bytes of one input file, and of all of a job. Default 1 GiB and 5 GiB. */
  readonly maximumFileBytes: number;
  readonly maximumJobBytes: number;
  /** Jobs that run at once; the others are `Scheduled`. Default 2, a number of this endpoint's own. */
  readonly jobsAtOnce: number;
  /** How long an hour of `timeoutDurationInHours` takes, in milliseconds. Default: an hour. */
  readonly hourMs: number;
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas.html */
const defaults: BatchQuotas = {
  minimumRecords: 100,
  maximumRecords: 50_000,
  maximumFileBytes: 2 ** 30,
  maximumJobBytes: 5 * 2 ** 30,
  jobsAtOnce: 2,
  hourMs: 3_600_000,
};

export const batchQuotaNames = Object.keys(defaults) as (keyof BatchQuotas)[];

/** The quotas with AWS's in place of those that are left out. Throws an `Error` for what is no number from 1 on. */
export function batchQuotas(given: Partial<BatchQuotas> = {}): BatchQuotas {
  for (const [name, value] of Object.entries(given)) {
    if (!(batchQuotaNames as string[]).includes(name)) {
      throw new Error(`There is no batch quota named ${name}. There are: ${batchQuotaNames.join(', ')}.`);
    }
    if (!Number.isInteger(value) || value < 1) {
      throw new Error(`The batch quota ${name} is a whole number from 1 on, not ${value}.`);
    }
  }
  return { ...defaults, ...given };
}
