import { createHash, type Hash } from 'node:crypto';
import { constants, type Dirent } from 'node:fs';
import {
  type FileHandle,
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bucketPath, codeOf, isMissing, objectPath } from './object-path.ts';
import type { Part } from './part.ts';
import { S3Error } from './s3-error.ts';

/** What S3 says of an object beside its bytes. */
export interface ObjectHeaders {
  readonly contentType: string;
  /** By names in lower case, as they were sent: `x-amz-meta-…`, `x-amz-checksum-…`, `cache-control` and the like. */
  readonly others: Readonly<Record<string, string>>;
}

export interface StoredObject extends ObjectHeaders {
  readonly size: number;
  readonly lastModified: Date;
  /** In quotes. */
  readonly etag: string;
}

export interface OpenObject extends StoredObject {
  /** The object's bytes, or those of a part. Read to their end, or left: either closes the file. */
  bytes(part?: Part): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** An object that is being written. It can be seen when it is whole, and not before. */
export interface Upload {
  write(bytes: Uint8Array): Promise<void>;
  /** Puts the object in its place; gives its ETag. `isNew`: throws a PreconditionFailed when there is one already. */
  finish(headers?: ObjectHeaders, isNew?: boolean): Promise<string>;
  /** Forgets what was written. Does nothing once it is finished. */
  abandon(): Promise<void>;
}

/** The buckets of an endpoint: the folders of one folder, in which each object is a file under its key. */
export interface BucketFolder {
  open(bucket: string, key: string): Promise<OpenObject>;
  begin(bucket: string, key: string): Promise<Upload>;
  /** The keys that begin so, in S3's order, which is that of their bytes. */
  keys(bucket: string, prefix: string): Promise<string[]>;
  /** Removes what was not finished. */
  close(): Promise<void>;
}

/** What is remembered of a file as long as it is the same. */
interface Known extends ObjectHeaders {
  readonly size: number;
  readonly modified: number;
  readonly md5: string;
}

/** How many files are remembered, in some 300 bytes each: a list of more reads the others whole each time. */
const mostKnown = 100_000;

const unknownType: ObjectHeaders = { contentType: 'binary/octet-stream', others: {} };

/** Opens the folder, which is made where there is none. Throws the system's error when it cannot be used. */
export async function openBucketFolder(directory: string, most = mostKnown): Promise<BucketFolder> {
  await mkdir(directory, { recursive: true });
  const root = await realpath(directory);
  const known = new Map<string, Known>();
  let uploads: Promise<string> | undefined;

  const remember = (path: string, value: Known) => {
    known.delete(path);
    known.set(path, value);
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
  };
  /** What was read only to be hashed takes no other's place: else a long list would forget each file before it comes again. */
  const rememberRead = (path: string, value: Known) => {
    if (known.has(path) || known.size < most) known.set(path, value);
  };

  return {
    async open(bucket, key) {
      const path = await objectPath(root, bucket, key);
      const file = await openFile(path).catch((error: unknown) => {
        known.delete(path);
        throw error;
      });
      try {
        const { size, mtime, mtimeMs: modified } = await file.stat();
        let about = known.get(path);
        if (about?.size !== size || about.modified !== modified) {
          about = { ...unknownType, size, modified, md5: await md5Of(path) };
          rememberRead(path, about);
        }
        const { md5, contentType, others } = about;
        return {
          ...{ size, contentType, others, lastModified: mtime, etag: `"${md5}"` },
          // As long as it was said to be, whatever is written behind it.
          bytes: (part = { start: 0, end: size - 1 }) => file.createReadStream(size === 0 ? {} : part),
          close: () => file.close(),
        };
      } catch (error) {
        await file.close();
        throw error;
      }
    },
    async begin(bucket, key) {
      await objectPath(root, bucket, key);
      // No bucket's name begins with a dot: what is not finished is in none of them.
      uploads ??= mkdtemp(join(root, '.uploads-'));
      const path = join(await uploads, createHash('sha256').update(`${Math.random()} ${key}`).digest('hex'));
      const file = await open(path, 'wx');
      const hash = createHash('md5');
      const place = async (isNew: boolean) => {
        const target = await objectPath(root, bucket, key);
        await mkdir(dirname(target), { recursive: true });
        // Once more: what was made or moved in the meantime may be a link.
        await objectPath(root, bucket, key);
        if (isNew) await link(path, target);
        else await rename(path, target);
        return target;
      };
      return upload(file, path, hash, place, remember);
    },
    async keys(bucket, prefix) {
      const path = await bucketPath(root, bucket);
      const found: string[] = [];
      await collect(path, '', prefix, found);
      return found
        .map((key) => ({ key, bytes: Buffer.from(key) }))
        .sort((one, other) => Buffer.compare(one.bytes, other.bytes))
        .map(({ key }) => key);
    },
    async close() {
      if (uploads !== undefined) await rm(await uploads, { recursive: true, force: true });
    },
  };
}

function upload(
  file: FileHandle,
  path: string,
  hash: Hash,
  place: (isNew: boolean) => Promise<string>,
  remember: (path: string, value: Known) => void,
): Upload {
  let isOpen = true;
  const close = async () => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    async write(bytes) {
      hash.update(bytes);
      await file.writeFile(bytes);
    },
    async finish(headers = unknownType, isNew = false) {
      await close();
      try {
        const target = await place(isNew);
        const { size, mtimeMs: modified } = await stat(target);
        const md5 = hash.digest('hex');
        remember(target, { ...headers, size, modified, md5 });
        return `"${md5}"`;
      } catch (error) {
        if (isNew && codeOf(error) === 'EEXIST') throw new S3Error('PreconditionFailed');
        // A folder is where the file should be, or a file where one of its folders should be.
        if (['EISDIR', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw inTheWay(error);
        throw error;
      } finally {
        await rm(path, { force: true });
      }
    },
    async abandon() {
      await close();
      await rm(path, { force: true });
    },
  };
}

/** A file, and no link, device or folder: those are no objects. */
async function openFile(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (isMissing(error) || codeOf(error) === 'EISDIR') throw new S3Error('NoSuchKey');
    throw error;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new S3Error('NoSuchKey');
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  const file = await openFile(path);
  for await (const chunk of file.createReadStream()) hash.update(chunk);
  return hash.digest('hex');
}

/** Walks a folder, but not where no key can begin so. Links are passed by. */
async function collect(folder: string, before: string, prefix: string, found: string[]): Promise<void> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  for (const entry of entries) {
    const key = before + entry.name;
    if (entry.isFile() && key.startsWith(prefix)) found.push(key);
    const inside = `${key}/`;
    const fits = inside.startsWith(prefix) || prefix.startsWith(inside);
    if (entry.isDirectory() && fits) await collect(join(folder, entry.name), inside, prefix, found);
  }
}

function inTheWay(cause: unknown): S3Error {
  return new S3Error(
    'InvalidArgument',
    'Local Bedrock keeps objects as files. Another object has the name of one of the folders that this key needs, or the other way round.',
    cause,
  );
}
