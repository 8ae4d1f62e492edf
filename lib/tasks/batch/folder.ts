import { createReadStream, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { toLibError } from '../../base/aws-errors.ts';
import { LibError } from '../../base/errors.ts';
import { notInstalled } from '../../base/not-installed.ts';

/** A folder in S3. */
export interface S3Folder {
  /** `s3://bucket/folder/`. */
  readonly uri: string;
  /** The size of an object in bytes; `undefined` when it is not there. */
  size(name: string): Promise<number | undefined>;
  /** Uploads a file, whole or not at all. */
  upload(name: string, path: string): Promise<void>;
  /** The names of the objects below a folder of it. */
  list(folder: string): Promise<readonly string[]>;
  /** An object's lines, as they come. */
  lines(name: string): AsyncGenerator<string>;
}

/**
 * @param client S3's own client; made when it is left out
 * @param uri `s3://bucket/folder`
 */
export async function openFolder(
  uri: string,
  client: S3Client | undefined,
  region: string,
): Promise<S3Folder> {
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][-.a-z0-9]+)(?:\/(.*))?$/.exec(uri) ?? [];
  if (bucket === undefined) {
    throw new LibError(`${JSON.stringify(uri)} is no folder of S3`, {
      kind: 'request',
      hint: "Give one such as 's3://my-bucket/batch'.",
    });
  }
  const Bucket = bucket;
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  const s3 = await import('@aws-sdk/client-s3').catch(notInstalled('@aws-sdk/client-s3', 'A batch job'));
  const send = client ?? new s3.S3Client({ region });

  async function told<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await action();
    } catch (error) {
      throw storageError(bucket ?? '', error);
    }
  }

  return {
    uri: `s3://${bucket}/${prefix}`,
    size: (name) =>
      told(async () => {
        try {
          const head = await send.send(new s3.HeadObjectCommand({ Bucket, Key: prefix + name }));
          return head.ContentLength;
        } catch (error) {
          if ((error as Error).name === 'NotFound') return undefined;
          throw error;
        }
      }),
    upload: (name, file) =>
      told(async () => {
        const ContentLength = statSync(file).size;
        const Body = createReadStream(file);
        await send.send(new s3.PutObjectCommand({ Bucket, Key: prefix + name, Body, ContentLength }));
      }),
    list: (folder) =>
      told(async () => {
        const names: string[] = [];
        for (let ContinuationToken: string | undefined; ; ) {
          const more = ContinuationToken !== undefined && { ContinuationToken };
          const page = await send.send(
            new s3.ListObjectsV2Command({ Bucket, Prefix: prefix + folder, ...more }),
          );
          names.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key ? [Key.slice(prefix.length)] : [])));
          ContinuationToken = page.NextContinuationToken;
          if (!page.IsTruncated) return names;
        }
      }),
    async *lines(name) {
      const { Body } = await told(() => send.send(new s3.GetObjectCommand({ Bucket, Key: prefix + name })));
      if (Body === undefined) return;
      const lines = createInterface({ input: Body as Readable, crlfDelay: Number.POSITIVE_INFINITY });
      yield* lines;
    },
  };
}

function storageError(bucket: string, cause: unknown): unknown {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'NoSuchBucket') {
    return new LibError(`There is no bucket ${bucket}`, {
      kind: 'request',
      hint: 'Create it in the region of the model, or name another one.',
      cause,
    });
  }
  if (name === 'AccessDenied' || name === 'Forbidden') {
    return new LibError(`S3 does not let this program into ${bucket}`, {
      kind: 'access-denied',
      hint: 'Allow s3:PutObject, s3:GetObject and s3:ListBucket on it, for this program and for the role of the job.',
      cause,
    });
  }
  return toLibError(cause);
}
