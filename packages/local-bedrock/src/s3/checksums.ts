import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { S3Error } from './s3-error.ts';

/** A checksum that grows with a body. */
interface Sum {
  add(bytes: Uint8Array): void;
  /** In base64, as S3's headers hold it. */
  result(): string;
}

const hashed = (algorithm: string) => (): Sum => {
  const hash = createHash(algorithm);
  return { add: (bytes) => void hash.update(bytes), result: () => hash.digest('base64') };
};

const cyclic = (): Sum => {
  let value = 0;
  return {
    add(bytes) {
      value = crc32(bytes, value);
    },
    result() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
};

/** The checksums that are known here, by the header or trailer that holds them. SDKs send CRC32 unasked. */
const sums: Readonly<Record<string, { readonly name: string; readonly begin: () => Sum }>> = {
  'x-amz-checksum-crc32': { name: 'CRC32', begin: cyclic },
  'x-amz-checksum-sha1': { name: 'SHA1', begin: hashed('sha1') },
  'x-amz-checksum-sha256': { name: 'SHA256', begin: hashed('sha256') },
  'content-md5': { name: 'Content-MD5', begin: hashed('md5') },
};

const isChecksum = /^x-amz-checksum-(?!algorithm$|type$|mode$)/;

/**
 * Checks a body against what its headers, and its trailers when it has ended, say of it: `add` all bytes, then `check`,
 * which gives the checksums that S3 keeps. Throws an `S3Error`: NotImplemented at once for an algorithm that is not
 * known here, BadDigest at the end.
 */
export function checksumsOf(headers: Readonly<Record<string, string>>) {
  const announced = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const names = [...Object.keys(headers), ...announced].filter(
    (name) => name in sums || isChecksum.test(name),
  );
  const running = names.map((name) => {
    const kind = sums[name];
    if (kind === undefined) {
      throw new S3Error(
        'NotImplemented',
        `Local Bedrock does not know ${name}. It checks ${Object.keys(sums).join(', ')}.`,
      );
    }
    return { header: name, name: kind.name, sum: kind.begin() };
  });
  return {
    add(bytes: Uint8Array): void {
      for (const { sum } of running) sum.add(bytes);
    },
    check(trailers: Readonly<Record<string, string>>): Record<string, string> {
      const kept: Record<string, string> = {};
      for (const { header, name, sum } of running) {
        const found = sum.result();
        if ((headers[header] ?? trailers[header]) !== found) {
          throw new S3Error('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
        }
        if (header !== 'content-md5') kept[header] = found;
      }
      return kept;
    },
  };
}
