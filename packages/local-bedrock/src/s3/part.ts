import type { StoredObject } from './bucket-folder.ts';
import { S3Error } from './s3-error.ts';

/** The first and the last byte of a part of an object. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/**
 * What of an object is asked for by the headers of a GetObject or HeadObject: a part, or `undefined` for the whole, or
 * `not modified`. Throws an `S3Error` when a condition does not hold, or the part lies behind the object's end. Pure.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export function askedPart(
  { etag, lastModified, size }: Pick<StoredObject, 'etag' | 'lastModified' | 'size'>,
  headers: Readonly<Record<string, string>>,
): Part | 'not modified' | undefined {
  const { 'if-match': match, 'if-none-match': noneMatch, range } = headers;
  // HTTP's times are whole seconds. What is no time is passed over (RFC 9110, section 13.1.3).
  const modified = Math.floor(lastModified.getTime() / 1_000) * 1_000;
  const since = Date.parse(headers['if-modified-since'] ?? '');
  const until = Date.parse(headers['if-unmodified-since'] ?? '');
  if (match === undefined ? modified > until : !isNamed(etag, match)) throw new S3Error('PreconditionFailed');
  if (noneMatch === undefined ? modified <= since : isNamed(etag, noneMatch)) return 'not modified';
  return range === undefined ? undefined : partOf(range, size);
}

function isNamed(etag: string, names: string): boolean {
  const bare = (name: string) => name.trim().replace(/^(?:W\/)?"|"$/g, '');
  return names.split(',').some((name) => name.trim() === '*' || bare(name) === bare(etag));
}

/** One range of bytes; S3 gives the whole object for several, and for what is no range. */
function partOf(range: string, size: number): Part | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range.trim()) ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) throw new S3Error('InvalidRange');
  return { start, end };
}
