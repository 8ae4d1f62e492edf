import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalBedrock, type LocalBedrockOptions, startLocalBedrock } from '../../src/index.ts';
import { decodeAwsChunked } from '../../src/s3/aws-chunked.ts';

const Bucket = 'a-bucket';
let root: string;
let endpoint: LocalBedrock;

async function start(options: LocalBedrockOptions = {}): Promise<LocalBedrock> {
  return await startLocalBedrock({ s3: root, ...options });
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'local-bedrock-s3-'));
  await mkdir(join(root, Bucket));
  endpoint = await start();
});
afterAll(async () => {
  await endpoint.close();
  expect((await readdir(root)).filter((name) => name.startsWith('.'))).toEqual([]);
  await rm(root, { recursive: true });
});

function s3(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...config,
  });
}

/** A request as nobody's client sends it. Its signature is not looked at. */
function raw(method: string, path: string, headers: object = {}, body = ''): Promise<[number, string]> {
  const authorization = 'AWS4-HMAC-SHA256 Credential=local/20261130/us-east-1/s3/aws4_request, Signature=0';
  return new Promise((resolve, reject) => {
    const { port } = endpoint;
    httpRequest({ port, method, path, headers: { authorization, ...headers } }, (response) => {
      text(response as IncomingMessage).then((answer) => resolve([response.statusCode ?? 0, answer]), reject);
    })
      .on('error', reject)
      .end(body);
  });
}

const md5 = (body: string) => `"${createHash('md5').update(body).digest('hex')}"`;

describe('the official S3 client', () => {
  it.each([
    ['a text', () => 'Hello, 世界'],
    ['bytes', () => Buffer.from('Hello, 世界')],
    [
      'a stream, whose checksum comes at its end',
      () => Readable.from([Buffer.from('Hello, '), Buffer.from('世界')]),
    ],
    ['nothing', () => ''],
  ])('puts %s and gets it again', async (name, body) => {
    const Key = `round trip/${name}.txt`;
    const content = name === 'nothing' ? '' : 'Hello, 世界';
    const put = await s3().send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: body(),
        ContentLength: Buffer.byteLength(content),
        ContentType: 'text/plain',
        Metadata: { made: 'here' },
      }),
    );
    expect(put).toMatchObject({ ETag: md5(content), ChecksumCRC32: expect.any(String) });
    const about = {
      ETag: md5(content),
      ContentType: 'text/plain',
      ContentLength: Buffer.byteLength(content),
      Metadata: { made: 'here' },
    };
    expect(await s3().send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject(about);
    const got = await s3().send(new GetObjectCommand({ Bucket, Key }));
    expect(got).toMatchObject({ ...about, ChecksumCRC32: put.ChecksumCRC32 });
    expect(await got.Body?.transformToString()).toBe(content);
    expect(await readFile(join(root, Bucket, Key), 'utf8')).toBe(content);
  });

  it('gets a file that somebody else wrote there, and as it is now', async () => {
    const Key = 'written elsewhere.jsonl';
    for (const content of ['one', 'another']) {
      await writeFile(join(root, Bucket, Key), content);
      const got = await s3().send(new GetObjectCommand({ Bucket, Key }));
      expect(await got.Body?.transformToString()).toBe(content);
      expect(got).toMatchObject({ ETag: md5(content), ContentType: 'binary/octet-stream' });
    }
  });

  it('carries more than fits into a request of Bedrock', async () => {
    const piece = Buffer.alloc(1 << 20, 'x');
    const ContentLength = 30 * piece.length;
    const Body = Readable.from(Array.from({ length: 30 }, () => piece));
    await s3().send(new PutObjectCommand({ Bucket, Key: 'large', Body, ContentLength }));
    const got = await s3().send(new GetObjectCommand({ Bucket, Key: 'large' }));
    let length = 0;
    for await (const chunk of got.Body as Readable) length += chunk.length;
    expect(length).toBe(ContentLength);
  });

  it('lists keys in the order of their bytes, by prefix, delimiter and page', async () => {
    const names = ['a/2', 'a/1', 'a-b', 'a/é', 'a/𝒳', 'a/\uFB01', 'a/x&y<z>', 'b'];
    for (const name of names)
      await s3().send(new PutObjectCommand({ Bucket, Key: `list/${name}`, Body: name }));
    const list = async (input: object) =>
      await s3().send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', ...input }));
    const keys = (contents: { Key?: string | undefined }[] = []) =>
      contents.map(({ Key = '' }) => Key.slice('list/'.length));
    const ordered = ['a-b', 'a/1', 'a/2', 'a/x&y<z>', 'a/é', 'a/\uFB01', 'a/𝒳', 'b'];

    const all = await list({});
    expect(keys(all.Contents)).toEqual(ordered);
    expect(all.Contents?.[0]).toMatchObject({ ETag: md5('a-b'), Size: 3, StorageClass: 'STANDARD' });
    expect(all).toMatchObject({ KeyCount: names.length, IsTruncated: false });
    expect(keys((await list({ EncodingType: 'url' })).Contents)[3]).toBe('a/x%26y%3Cz%3E');
    expect(keys((await list({ StartAfter: 'list/a/2' })).Contents)).toEqual(ordered.slice(3));
    expect(await list({ Prefix: 'no such' })).toMatchObject({ KeyCount: 0 });
    const owned = (await list({ FetchOwner: true })).Contents ?? [];
    expect(new Set(owned.map(({ Owner }) => Owner?.ID)).size).toBe(1);
    expect(owned[0]?.Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
    expect(all.Contents?.[0]?.Owner).toBeUndefined();
    for (const ContinuationToken of ['!!!', 'bGlzdC9hLzI']) {
      await expect(list({ ContinuationToken })).rejects.toMatchObject({
        name: 'InvalidArgument',
        message: 'The continuation token provided is incorrect',
      });
    }

    const grouped: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const found = await list({ Delimiter: '/', MaxKeys: 1, ContinuationToken });
      grouped.push(
        ...keys(found.Contents),
        ...keys(found.CommonPrefixes?.map(({ Prefix }) => ({ Key: Prefix ?? '' }))),
      );
      ContinuationToken = found.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(grouped).toEqual(['a-b', 'a/', 'b']);
  });

  it('writes only what is new, when it asks for that', async () => {
    const put = () => s3().send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'x', IfNoneMatch: '*' }));
    await put();
    await expect(put()).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
  });

  it('gets parts of an object, as it asks for them', async () => {
    const Key = 'in parts';
    await s3().send(new PutObjectCommand({ Bucket, Key, Body: '0123456789' }));
    const part = async (Range: string) => {
      const got = await s3().send(new GetObjectCommand({ Bucket, Key, Range }));
      const { httpStatusCode } = got.$metadata;
      return [httpStatusCode, got.ContentRange, got.ContentLength, await got.Body?.transformToString()];
    };
    expect(await part('bytes=1-2')).toEqual([206, 'bytes 1-2/10', 2, '12']);
    expect(await part('bytes=8-99')).toEqual([206, 'bytes 8-9/10', 2, '89']);
    expect(await part('bytes=7-')).toEqual([206, 'bytes 7-9/10', 3, '789']);
    expect(await part('bytes=-4')).toEqual([206, 'bytes 6-9/10', 4, '6789']);
    for (const whole of ['bytes=2-1', 'bytes=0-1,3-4', 'lines=0-1']) {
      expect(await part(whole)).toEqual([200, undefined, 10, '0123456789']);
    }
    for (const behind of ['bytes=10-', 'bytes=-0']) {
      await expect(part(behind)).rejects.toMatchObject({
        name: 'InvalidRange',
        $metadata: { httpStatusCode: 416 },
      });
    }
    expect(await s3().send(new HeadObjectCommand({ Bucket, Key, Range: 'bytes=1-2' }))).toMatchObject({
      ContentLength: 2,
      ContentRange: 'bytes 1-2/10',
      AcceptRanges: 'bytes',
    });
  });

  it('gets an object only under its conditions', async () => {
    const Key = 'conditions';
    const { ETag = '' } = await s3().send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    const [before, after] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)];
    const statusOf = async (conditions: object) => {
      const statuses = [];
      for (const command of [
        new GetObjectCommand({ Bucket, Key, ...conditions }),
        new HeadObjectCommand({ Bucket, Key, ...conditions }),
      ]) {
        const answer = s3().send(command as GetObjectCommand);
        const { $metadata, Body } = await answer.catch((error: S3ServiceException) => ({
          $metadata: error.$metadata,
          Body: undefined,
        }));
        await (Body as GetObjectCommandOutput['Body'])?.transformToString();
        statuses.push($metadata.httpStatusCode);
      }
      expect(new Set(statuses).size).toBe(1);
      return statuses[0];
    };
    expect(await statusOf({ IfMatch: ETag })).toBe(200);
    expect(await statusOf({ IfMatch: '"other"' })).toBe(412);
    expect(await statusOf({ IfNoneMatch: '"other"' })).toBe(200);
    expect(await statusOf({ IfNoneMatch: ETag })).toBe(304);
    expect(await statusOf({ IfModifiedSince: before })).toBe(200);
    expect(await statusOf({ IfModifiedSince: after })).toBe(304);
    expect(await statusOf({ IfUnmodifiedSince: before })).toBe(412);
    expect(await statusOf({ IfUnmodifiedSince: after })).toBe(200);
    expect(await statusOf({ IfUnmodifiedSince: before, IfMatch: ETag })).toBe(200);
    expect(await statusOf({ IfModifiedSince: after, IfNoneMatch: '"other"' })).toBe(200);
  });

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'checks a body by %s, and so does the client',
    async (ChecksumAlgorithm) => {
      const Key = `checked by ${ChecksumAlgorithm}`;
      const Body = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * index) % 251));
      const put = await s3().send(new PutObjectCommand({ Bucket, Key, Body, ChecksumAlgorithm }));
      const member = `Checksum${ChecksumAlgorithm}` as const;
      expect(put[member]).toEqual(expect.any(String));
      const got = await s3().send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
      expect(got[member]).toBe(put[member]);
      expect(await got.Body?.transformToByteArray()).toEqual(new Uint8Array(Body));
    },
  );

  it('gets the headers again that it put', async () => {
    const Key = 'with headers';
    const headers = {
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      ContentEncoding: 'gzip',
      ContentLanguage: 'en',
      ExpiresString: 'Wed, 21 Oct 2026 07:28:00 GMT',
    };
    const Body = Readable.from([gzipSync('packed')]);
    const ContentLength = gzipSync('packed').length;
    const { ExpiresString, ...put } = headers;
    const Expires = new Date(ExpiresString);
    await s3().send(new PutObjectCommand({ Bucket, Key, Body, ContentLength, Expires, ...put }));
    expect(await s3().send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject(headers);
    const got = await s3().send(new GetObjectCommand({ Bucket, Key }));
    expect(got).toMatchObject(headers);
    expect(gunzipSync((await got.Body?.transformToByteArray()) ?? '').toString()).toBe('packed');
  });

  it.each<[Partial<PutObjectCommandInput>, string]>([
    [{ StorageClass: 'GLACIER' }, 'NotImplemented'],
    [{ Tagging: 'a=b' }, 'NotImplemented'],
    [{ ServerSideEncryption: 'AES256' }, 'NotImplemented'],
    [{ WebsiteRedirectLocation: '/x' }, 'NotImplemented'],
    [{ ObjectLockLegalHoldStatus: 'ON' }, 'NotImplemented'],
    [{ GrantRead: 'id="x"' }, 'NotImplemented'],
    [{ IfMatch: '"x"' }, 'NotImplemented'],
    [{ ACL: 'public-read' }, 'AccessControlListNotSupported'],
    [{ ExpectedBucketOwner: '111122223333' }, 'AccessDenied'],
  ])('is refused %j, which would be passed over', async (input, name) => {
    await expect(
      s3().send(new PutObjectCommand({ Bucket, Key: 'passed over', Body: 'x', ...input })),
    ).rejects.toMatchObject({ name });
    expect(existsSync(join(root, Bucket, 'passed over'))).toBe(false);
  });

  it('puts what S3 does by itself, said or not', async () => {
    await s3().send(
      new PutObjectCommand({
        Bucket,
        Key: 'as usual',
        Body: 'x',
        StorageClass: 'STANDARD',
        ACL: 'bucket-owner-full-control',
        ExpectedBucketOwner: '123456789012',
      }),
    );
    expect(existsSync(join(root, Bucket, 'as usual'))).toBe(true);
  });

  it('is refused in its own error classes', async () => {
    await expect(s3().send(new GetObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
      message: 'The specified key does not exist.',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(s3().send(new HeadObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    const absent = { Bucket: 'no-such-bucket', Key: 'x' };
    await expect(s3().send(new PutObjectCommand({ ...absent, Body: 'x' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await expect(s3().send(new ListObjectsV2Command(absent))).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('gets NotImplemented for all that is not there, and not another answer', async () => {
    await expect(s3().send(new DeleteObjectCommand({ Bucket, Key: 'once' }))).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });
    await expect(s3().send(new CreateMultipartUploadCommand({ Bucket, Key: 'once' }))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('no multipart uploads'),
    });
    for (const [method, path] of [
      ['GET', `/${Bucket}/once?acl`],
      ['PUT', `/${Bucket}/once?partNumber=1&uploadId=x`],
      ['POST', `/${Bucket}/once?uploads`],
      ['PUT', '/another-bucket'],
      ['GET', '/'],
    ] as const) {
      expect((await raw(method, path))[0], path).toBe(501);
    }
  });

  it('shows in the journal', async () => {
    await s3()
      .send(new GetObjectCommand({ Bucket, Key: 'none' }))
      .catch(() => {});
    expect(endpoint.requests().at(-1)).toMatchObject({
      operation: 'GetObject',
      status: 404,
      error: 'NoSuchKey',
      path: `/${Bucket}/none?x-id=GetObject`,
    });
  });
});

describe('the folder', () => {
  it.each([
    '..',
    '../outside',
    'a/../../../outside',
    '%2e%2e/outside',
    '%2E%2E%2Foutside',
    '..%2f..%2foutside',
    'a//b',
    '/absolute',
    'a/./b',
    'a/%00b',
    '..%5Coutside',
    'a/',
  ])('is not left by the key %s', async (key) => {
    expect((await raw('PUT', `/${Bucket}/${key}`, {}, 'x'))[0]).toBe(400);
    expect((await raw('GET', `/${Bucket}/${key}`))[0]).toBe(400);
  });

  it.each(['..', '%2e%2e', '.uploads', 'A', 'a', '%2Ftmp', 'a..%2f..'])(
    'has no bucket %s',
    async (bucket) => {
      expect((await raw('PUT', `/${bucket}/key`, {}, 'x'))[0]).toBe(400);
      expect((await raw('GET', `/${bucket}?list-type=2`))[0]).toBe(400);
    },
  );

  it('is not left by links, of files, folders or buckets', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'local-bedrock-outside-'));
    await writeFile(join(outside, 'secret'), 'secret');
    await symlink(outside, join(root, 'linked-bucket'));
    await symlink(outside, join(root, Bucket, 'linked-folder'));
    await symlink(join(outside, 'secret'), join(root, Bucket, 'linked-file'));
    await symlink(join(outside, 'new'), join(root, Bucket, 'dangling'));
    for (const path of [
      'linked-bucket/secret',
      `${Bucket}/linked-folder/secret`,
      `${Bucket}/linked-file`,
      `${Bucket}/dangling`,
    ]) {
      for (const method of ['PUT', 'GET']) {
        const [status, answer] = await raw(method, `/${path}`, {}, method === 'PUT' ? 'x' : '');
        expect([status, answer], path).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
      }
    }
    const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket }));
    expect(Contents.filter(({ Key }) => Key?.includes('link'))).toEqual([]);
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
    expect(existsSync(join(outside, 'new'))).toBe(false);
    await rm(outside, { recursive: true });
    for (const name of [
      'linked-bucket',
      `${Bucket}/linked-folder`,
      `${Bucket}/linked-file`,
      `${Bucket}/dangling`,
    ]) {
      await rm(join(root, name));
    }
  });

  it('keeps nothing of a body that is not what its headers say', async () => {
    const path = `/${Bucket}/damaged`;
    const crc = { 'x-amz-checksum-crc32': 'AAAAAA==' };
    expect(await raw('PUT', path, crc, 'x')).toEqual([
      400,
      expect.stringContaining('<Code>BadDigest</Code>'),
    ]);
    expect((await raw('PUT', path, { 'content-md5': 'x' }, 'x'))[1]).toContain('BadDigest');
    expect((await raw('PUT', path, { 'x-amz-content-sha256': '0'.repeat(64) }, 'x'))[1]).toContain(
      'XAmzContentSHA256Mismatch',
    );
    expect((await raw('PUT', path, { 'x-amz-checksum-crc64nvme': 'x' }, 'x'))[1]).toContain('BadDigest');
    expect((await raw('PUT', path, { 'x-amz-checksum-xxhash3': 'x' }, 'x'))[0]).toBe(501);
    const chunked = { 'content-encoding': 'aws-chunked', 'x-amz-decoded-content-length': '5' };
    expect((await raw('PUT', path, chunked, '5\r\nHello\r\n'))[1]).toContain('IncompleteBody');
    expect((await raw('PUT', path, chunked, '4\r\nHell\r\n0\r\n\r\n'))[1]).toContain('IncompleteBody');
    expect((await raw('PUT', path, chunked, 'Hello'))[0]).toBe(400);
    const trailer = { ...chunked, 'x-amz-trailer': 'x-amz-checksum-crc32' };
    expect(
      (await raw('PUT', path, trailer, '5\r\nHello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'))[1],
    ).toContain('BadDigest');
    expect((await raw('PUT', path, trailer, '5\r\nHello\r\n0\r\n\r\n'))[1]).toContain('BadDigest');
    expect((await raw('GET', path))[0]).toBe(404);
    expect(
      (await raw('PUT', path, trailer, '5\r\nHello\r\n0\r\nx-amz-checksum-crc32:99GJgg==\r\n\r\n'))[0],
    ).toBe(200);
    expect((await raw('GET', path))[1]).toBe('Hello');
  });

  it('holds no object where another one needs a folder', async () => {
    await s3().send(new PutObjectCommand({ Bucket, Key: 'file', Body: 'x' }));
    for (const Key of ['file/below', 'round trip']) {
      await expect(s3().send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))).rejects.toMatchObject({
        name: 'InvalidArgument',
      });
      await expect(s3().send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({
        name: 'NoSuchKey',
      });
    }
  });
});

it('says nothing of a client that leaves while it puts', async () => {
  const warnings: string[] = [];
  const warned = ({ message }: Error) => warnings.push(message);
  process.on('warning', warned);
  const path = `/${Bucket}/half`;
  const authorization = 'AWS4-HMAC-SHA256 Credential=local/20261130/us-east-1/s3/aws4_request, Signature=0';
  const headers = { authorization, 'content-length': '1000' };
  const put = httpRequest({ port: endpoint.port, method: 'PUT', path, headers });
  put.on('error', () => {});
  put.write('half');
  const asked = () => endpoint.requests().find((entry) => entry.path === path);
  await expect.poll(() => asked()?.operation, { timeout: 60_000 }).toBe('PutObject');
  put.destroy();
  await expect.poll(() => asked()?.ended, { timeout: 60_000 }).toBe('client left');
  process.off('warning', warned);
  expect(warnings).toEqual([]);
  expect(existsSync(join(root, Bucket, 'half'))).toBe(false);
});

describe('aws-chunked', () => {
  it('is read the same in whatever pieces it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 40 }),
        async (chunks, lengths) => {
          const whole = Buffer.concat([
            ...chunks.flatMap((chunk) => [
              Buffer.from(`${chunk.length.toString(16)};chunk-signature=0\r\n`),
              chunk,
              Buffer.from('\r\n'),
            ]),
            Buffer.from('0\r\nX-Amz-Checksum-Crc32: abc=\r\n\r\n'),
          ]);
          const pieces: Buffer[] = [];
          for (let at = 0; at < whole.length; at += pieces.at(-1)?.length ?? 1) {
            pieces.push(whole.subarray(at, at + (lengths[pieces.length % lengths.length] ?? 1)));
          }
          const { bytes, trailers } = decodeAwsChunked(Readable.from(pieces));
          const read: Buffer[] = [];
          for await (const piece of bytes) read.push(piece);
          expect(Buffer.concat(read)).toEqual(Buffer.concat(chunks));
          expect(trailers).toEqual({ 'x-amz-checksum-crc32': 'abc=' });
        },
      ),
    );
  });
});

describe('who is let in', () => {
  it.each(['sigv4', 'bearer'] as const)('shows by its signature, also with --auth %s', async (scheme) => {
    const checked = await start({ auth: { scheme } });
    const call = (secretAccessKey: string, accessKeyId = 'local') =>
      s3({ endpoint: checked.url, credentials: { accessKeyId, secretAccessKey } }).send(
        new PutObjectCommand({ Bucket, Key: "signed/a b+c=d&e'(f)*é.txt", Body: 'x' }),
      );
    await expect(call('local')).resolves.toMatchObject({ ETag: md5('x') });
    await expect(call('wrong')).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    await expect(call('local', 'other')).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
    await checked.close();
  });

  it('learns that there is no S3 where the endpoint was given no folder', async () => {
    const plain = await startLocalBedrock();
    await expect(
      s3({ endpoint: plain.url }).send(new GetObjectCommand({ Bucket, Key: 'x' })),
    ).rejects.toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('--s3 DIR') });
    await plain.close();
  });
});
