import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type LocalBedrock, type LocalBedrockOptions, startLocalBedrock } from '../../src/index.ts';
import { decodeAwsChunked } from '../../src/s3/aws-chunked.ts';

vi.setConfig({ testTimeout: 60_000 });

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
    await expect(
      s3().send(new GetObjectCommand({ Bucket, Key: 'once', Range: 'bytes=0-0' })),
    ).rejects.toMatchObject({ name: 'NotImplemented' });
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
    expect((await raw('PUT', path, { 'x-amz-checksum-crc64nvme': 'x' }, 'x'))[0]).toBe(501);
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
