import type { Answered } from './compare.ts';

/** What names the account, and whatever in it is not of this run, is in no report and in no kept exchange. */

const account = '111122223333';

const arn = /\barn:(aws[\w-]*):([\w-]*):([\w-]*):(\d{12}|aws)?:([^\s"'\\]+)/g;

/** A profile of the system: its model's id, with the geography before it. */
const systemProfile = /^[a-z]{2,7}(?:-gov)?\.[a-z0-9]+\./;

/** Where batch jobs read and write, as the person said it: `s3://bucket/folder`, and the ARN of a role. */
export interface OwnPlaces {
  readonly s3?: string | undefined;
  readonly role?: string | undefined;
}

/** Gives the function that takes account numbers, names and addresses out of a text. */
export function hider({ s3, role }: OwnPlaces): (text: string) => string {
  const bucket = s3?.split('/')[2] ?? '';
  const roleName = role?.split('/').at(-1) ?? '';
  const own = [
    [s3 ?? '', 's3://bucket'],
    [role ?? '', `arn:aws:iam::${account}:role/batch`],
    [bucket, 'bucket'],
    [roleName, 'batch'],
  ].filter(([name = '']) => name !== '') as [string, string][];
  return (text) =>
    own
      .reduce((told, [name, instead]) => replaceWhole(told, name, instead), text)
      .replaceAll(arn, hiddenArn)
      .replaceAll(/\bs3:\/\/(?!smoke-aws\b|bucket\b|hidden\b)[^\s"'\\]+/g, 's3://hidden')
      .replaceAll(/[\w.+%-]+@[\w-]+(?:\.[\w-]+)+/g, 'someone@example.com')
      .replaceAll(/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, 'AKIDEXAMPLE')
      .replaceAll(/(?<!\d)\d{12}(?!\d)/g, account);
}

/** A name where it stands by itself, so that a short one changes no word that holds it. */
function replaceWhole(text: string, name: string, instead: string): string {
  const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replaceAll(new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'g'), () => instead);
}

/** Whose it is, and which kind of thing, stays; what it is called does not. What AWS owns stays whole. */
function hiddenArn(
  whole: string,
  partition: string,
  service: string,
  region: string,
  owner: string | undefined,
  resource: string,
): string {
  if (owner === 'aws' || (owner === undefined && service !== 's3')) return whole;
  const [kind = '', name = ''] = resource.split(/(?<=^[\w-]+[/:])/);
  // Without a name behind its kind, such as `root`.
  const isBare = name === '' && /^(?:bedrock|iam|sts)$/.test(service);
  const isKnown =
    isBare || resource === 'role/batch' || (kind === 'inference-profile/' && systemProfile.test(name));
  const told = isKnown ? resource : `${name === '' ? '' : kind}hidden`;
  return `arn:${partition}:${service}:${region}:${owner === undefined ? '' : account}:${told}`;
}

/** The lists of what an account made, and which of their items are the run's or everybody's. */
const lists: Readonly<
  Record<string, (item: Record<string, unknown>, made: ReadonlySet<unknown>) => boolean>
> = {
  invocationJobSummaries: ({ jobArn }, made) => made.has(jobArn),
  guardrails: ({ id }, made) => made.has(id),
  inferenceProfileSummaries: ({ type }) => type !== 'APPLICATION',
};

/**
 * An answer without the account's own jobs, guardrails and profiles, and without the token of a further page of them: they
 * are nobody's business, and no difference of the service. `made` are the ids that this run was given. Pure.
 */
export function withoutOthers(answered: Answered, made: ReadonlySet<unknown>): Answered {
  const { call, bytes, status } = answered;
  if (call.method !== 'GET' || status !== 200) return answered;
  const text = bytes.toString('utf8');
  const name = Object.keys(lists).find((list) => text.includes(`"${list}"`));
  const isOurs = name === undefined ? undefined : lists[name];
  if (name === undefined || isOurs === undefined) return answered;
  const { nextToken: _, ...json } = JSON.parse(text);
  if (!Array.isArray(json[name])) return answered;
  const kept = json[name].filter((item: Record<string, unknown>) => isOurs(item, made));
  return { ...answered, bytes: Buffer.from(JSON.stringify({ ...json, [name]: kept })) };
}
