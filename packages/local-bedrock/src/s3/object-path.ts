import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { S3Error } from './s3-error.ts';

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The longest key, in bytes (user guide, "Naming Amazon S3 objects"). */
const longestKey = 1_024;

/** The longest name of a file or a folder, in bytes, on the file systems there are. */
const longestName = 255;

/** The folder of a bucket. Throws an `S3Error` when there is none, or when a link stands in its place. */
export async function bucketPath(root: string, bucket: string): Promise<string> {
  if (!bucketName.test(bucket)) throw new S3Error('InvalidBucketName');
  const path = join(root, bucket);
  const stats = await statsOf(path);
  if (stats?.isSymbolicLink()) throw linked();
  if (!stats?.isDirectory()) throw new S3Error('NoSuchBucket');
  return path;
}

/**
 * The file of an object, which need not be there: below the bucket's folder, whatever the key says. Throws an `S3Error`
 * for a key that cannot be a file here, and where a link is on the way to it, since links may lead out of the folder.
 */
export async function objectPath(root: string, bucket: string, key: string): Promise<string> {
  let path = await bucketPath(root, bucket);
  if (Buffer.byteLength(key) > longestKey) throw new S3Error('KeyTooLongError');
  for (const name of key.split('/')) {
    // S3 takes these; a folder cannot hold them, or they would lead out of it.
    if (name === '' || name === '.' || name === '..' || /[\0\\]/.test(name)) {
      throw new S3Error(
        'InvalidArgument',
        `Local Bedrock keeps objects as files. The key "${key}" cannot be one: none of its parts may be empty, "." or "..", or hold a backslash.`,
      );
    }
    if (Buffer.byteLength(name) > longestName) {
      throw new S3Error(
        'InvalidArgument',
        `Local Bedrock keeps objects as files, whose names have at most ${longestName} bytes.`,
      );
    }
    path = join(path, name);
    if ((await statsOf(path))?.isSymbolicLink()) throw linked();
  }
  return path;
}

/** What stands at a path; `undefined` where there is nothing, also because a file is in the way. */
async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The system's code of a failure, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function linked(): S3Error {
  return new S3Error('AccessDenied', 'Local Bedrock follows no links in the folder of its buckets.');
}
