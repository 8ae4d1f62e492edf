import { createHash } from 'node:crypto';
import { accountId } from '../models/access.ts';
import type { BucketFolder, StoredObject } from './bucket-folder.ts';
import { S3Error } from './s3-error.ts';
import { element, type Xml, xml } from './xml.ts';

/** The most keys of one answer (API reference, ListObjectsV2). */
const longestPage = 1_000;

const parameters = new Set([
  'list-type',
  'x-id',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
]);

/** The answer to ListObjectsV2 as XML: keys, or the beginnings of keys up to `delimiter`, page by page. */
export async function listObjects(
  folder: BucketFolder,
  bucket: string,
  query: URLSearchParams,
): Promise<string> {
  const unknown = [...query.keys()].find((name) => !parameters.has(name));
  if (unknown !== undefined) {
    throw new S3Error('NotImplemented', `Local Bedrock does not know ${unknown} of ListObjectsV2.`);
  }
  const { prefix, delimiter, size, token, startAfter, write } = readQuery(query);
  const keys = await folder.keys(bucket, prefix);
  const entries = pageOf(keys, { prefix, delimiter, size, ...begin(token, startAfter) });
  const showsOwner = query.get('fetch-owner') === 'true';
  const contents: Xml[] = [];
  for (const [key, object] of await lookUp(folder, bucket, entries.page)) {
    contents.push(
      element('Contents', [
        element('Key', write(key)),
        element('LastModified', object.lastModified.toISOString()),
        element('ETag', object.etag),
        element('Size', String(object.size)),
        ...(showsOwner ? [element('Owner', [element('ID', ownerId)])] : []),
        element('StorageClass', 'STANDARD'),
      ]),
    );
  }
  const prefixes = entries.page.flatMap(({ common }) =>
    common === undefined ? [] : [element('CommonPrefixes', [element('Prefix', write(common))])],
  );
  const optional = (name: string, value: string | null) =>
    value === null || value === ''
      ? []
      : [element(name, name === 'ContinuationToken' ? value : write(value))];
  const parts: Xml[] = [
    element('Name', bucket),
    element('Prefix', write(prefix)),
    ...optional('Delimiter', delimiter),
    ...optional('StartAfter', startAfter),
    ...optional('ContinuationToken', token),
    ...(query.get('encoding-type') === 'url' ? [element('EncodingType', 'url')] : []),
    element('KeyCount', String(contents.length + prefixes.length)),
    element('MaxKeys', String(size)),
    element('IsTruncated', String(entries.next !== undefined)),
    ...(entries.next === undefined ? [] : [element('NextContinuationToken', tokenOf(entries.next))]),
    ...contents,
    ...prefixes,
  ];
  return xml(element('ListBucketResult', parts, 'http://s3.amazonaws.com/doc/2006-03-01/'));
}

function readQuery(query: URLSearchParams) {
  const asked = Number(query.get('max-keys') ?? longestPage);
  if (!Number.isInteger(asked) || asked < 0) {
    throw new S3Error('InvalidArgument', 'Argument maxKeys must be an integer between 0 and 2147483647');
  }
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const isEncoded = query.get('encoding-type') === 'url';
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    size: Math.min(asked, longestPage),
    token,
    startAfter,
    write: (text: string) => (isEncoded ? encodeURIComponent(text).replaceAll('%2F', '/') : text),
  };
}

/** The canonical user id of the account, which S3 makes up of 64 digits. */
const ownerId = createHash('sha256').update(accountId).digest('hex');

/** So many files are looked at at once: of those that were copied in, each is read whole for its ETag. */
const atOnce = 16;

/** The objects of a page, in its order. */
async function lookUp(
  folder: BucketFolder,
  bucket: string,
  page: readonly Entry[],
): Promise<readonly (readonly [key: string, StoredObject])[]> {
  const keys = page.flatMap(({ key }) => key ?? []);
  const found: (readonly [string, StoredObject])[] = [];
  for (let start = 0; start < keys.length; start += atOnce) {
    const some = await Promise.all(
      keys.slice(start, start + atOnce).map(async (key) => {
        const object = await folder.open(bucket, key).catch(gone);
        await object?.close();
        return object === undefined ? [] : [[key, object] as const];
      }),
    );
    found.push(...some.flat());
  }
  return found;
}

/** A key, or what several keys have in common up to the delimiter. */
interface Entry {
  readonly key?: string;
  readonly common?: string;
}

/** What a page begins behind: an entry that was listed, or a key. */
interface Start {
  readonly entry?: string;
  readonly key?: string;
}

function begin(token: string | null, startAfter: string | null): Start {
  if (token === null) return startAfter === null ? {} : { key: startAfter };
  const entry = Buffer.from(token, 'base64url').toString().slice(tokenStart.length);
  if (tokenOf(entry) !== token) {
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
  }
  return { entry };
}

const tokenStart = 'behind ';

function tokenOf(entry: string): string {
  return Buffer.from(tokenStart + entry).toString('base64url');
}

interface Page extends Start {
  readonly prefix: string;
  readonly delimiter: string;
  readonly size: number;
}

/** The entries of a page, and the last of them when there are more. `keys` in order. Pure. */
function pageOf(keys: readonly string[], asked: Page): { page: readonly Entry[]; next?: string } {
  const { prefix, delimiter, size } = asked;
  const page: Entry[] = [];
  let last = '';
  for (const key of keys) {
    if (asked.key !== undefined && !isBehind(key, asked.key)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end < 0 ? undefined : key.slice(0, end + delimiter.length);
    const name = common ?? key;
    if (name === last || (asked.entry !== undefined && !isBehind(name, asked.entry))) continue;
    if (page.length === size) return size === 0 ? { page } : { page, next: last };
    page.push(common === undefined ? { key } : { common });
    last = name;
  }
  return { page };
}

/** In the order of bytes, which is not that of UTF-16. */
function isBehind(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) > 0;
}

/** An object that went while the list was made is not in it. */
function gone(error: unknown): undefined {
  if (error instanceof S3Error) return undefined;
  throw error;
}
