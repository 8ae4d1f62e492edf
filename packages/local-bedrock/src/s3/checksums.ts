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

const crc32Sum = (): Sum => {
  let value = 0;
  return {
    add(bytes) {
      value = crc32(bytes, value);
    },
    result: () => base64Of([value]),
  };
};

/** Words of 32 bits as bytes, the highest first. */
function base64Of(words: readonly number[]): string {
  const bytes = Buffer.alloc(4 * words.length);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, 4 * index);
  return bytes.toString('base64');
}

/**
 * A cyclic redundancy check that goes by the lowest bit first, begins with all bits set and ends with all turned over.
 * Numbers of 64 bits are halves of 32 here: JavaScript's own are too slow for large bodies.
 *
 * @param polynomial its bits turned round, the lower half first
 */
function cyclic(...polynomial: readonly [number] | readonly [number, number]): () => Sum {
  const [low, high = 0] = polynomial;
  let tables: readonly [Int32Array, Int32Array] | undefined;
  const makeTables = (): readonly [Int32Array, Int32Array] => {
    const made = [new Int32Array(256), new Int32Array(256)] as const;
    for (let byte = 0; byte < 256; byte += 1) {
      let [lower, higher] = [byte, 0];
      for (let bit = 0; bit < 8; bit += 1) {
        const isSet = (lower & 1) === 1;
        lower = (lower >>> 1) | (higher << 31);
        higher >>>= 1;
        if (isSet) [lower, higher] = [lower ^ low, higher ^ high];
      }
      made[0][byte] = lower;
      made[1][byte] = higher;
    }
    return made;
  };
  return () => {
    tables ??= makeTables();
    const [lows, highs] = tables;
    let lower = -1;
    let higher = polynomial.length === 2 ? -1 : 0;
    return {
      add(bytes) {
        for (let index = 0; index < bytes.length; index += 1) {
          const at = (lower ^ (bytes[index] ?? 0)) & 255;
          lower = ((lower >>> 8) | (higher << 24)) ^ (lows[at] ?? 0);
          higher = (higher >>> 8) ^ (highs[at] ?? 0);
        }
      },
      result: () => base64Of(polynomial.length === 2 ? [~higher, ~lower] : [~lower]),
    };
  };
}

/** The checksums that are known here, by the header or trailer that holds them. SDKs send CRC32 unasked. */
const sums: Readonly<Record<string, { readonly name: string; readonly begin: () => Sum }>> = {
  'x-amz-checksum-crc32': { name: 'CRC32', begin: crc32Sum },
  'x-amz-checksum-crc32c': { name: 'CRC32C', begin: cyclic(0x82f63b78) },
  'x-amz-checksum-crc64nvme': { name: 'CRC64NVME', begin: cyclic(0xac4bc9b5, 0x9a6c9329) },
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
