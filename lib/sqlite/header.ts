import { open } from 'node:fs/promises';
import { corrupt } from './trouble.ts';

/** The first 108 bytes of a database file (https://www.sqlite.org/fileformat.html, 1.3 and 1.6). */
export interface Header {
  readonly applicationId: number;
  /** The version of the tables. */
  readonly userVersion: number;
  /** Grows with each transaction. */
  readonly changeCounter: number;
  /** The file was last written in write-ahead mode: part of it may be in another file. */
  readonly writeAhead: boolean;
  readonly hasTables: boolean;
  /** Bytes that the whole file has; 0 when the header does not say. */
  readonly fullSize: number;
}

export interface FileState {
  /** Absent when the file is empty. */
  readonly header?: Header;
  /** Differs whenever the content does. */
  readonly version: string;
  /** Which file is at the path: another one after a rename. */
  readonly identity: string;
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
}

const headerBytes = 108;

/**
 * What is at a path; `undefined` when nothing is. Reads only the file's first bytes.
 *
 * @throws LibError of kind `corrupt` when it is not a SQLite database
 */
export async function fileState(path: string): Promise<FileState | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const stat = await file.stat({ bigint: true });
    if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    const header = bytesRead === 0 ? undefined : parseHeader(path, buffer.subarray(0, bytesRead));
    const identity = `${stat.dev}:${stat.ino}`;
    const version = [identity, stat.size, stat.mtimeNs, stat.ctimeNs, header?.changeCounter].join(':');
    const mode = Number(stat.mode) & 0o777;
    return { version, identity, mode, size: Number(stat.size), ...(header && { header }) };
  } finally {
    await file.close();
  }
}

function parseHeader(path: string, bytes: Buffer): Header {
  if (bytes.toString('latin1', 0, 16) !== 'SQLite format 3\0'.slice(0, bytes.length)) {
    throw corrupt(path, 'is not a SQLite database');
  }
  if (bytes.length < headerBytes) throw corrupt(path, 'is cut short');
  const pageSize = bytes.readUInt16BE(16) === 1 ? 65_536 : bytes.readUInt16BE(16);
  const changeCounter = bytes.readUInt32BE(24);
  return {
    applicationId: bytes.readUInt32BE(68),
    userVersion: bytes.readUInt32BE(60),
    changeCounter,
    writeAhead: bytes[18] === 2 || bytes[19] === 2,
    // Page 1 is the list of tables: a leaf (13) without cells when there are none.
    hasTables: bytes[100] !== 13 || bytes.readUInt16BE(103) > 0,
    // The page count counts only when it was written together with the change counter.
    fullSize: bytes.readUInt32BE(92) === changeCounter ? bytes.readUInt32BE(28) * pageSize : 0,
  };
}

/**
 * Only while nobody writes: a file that is growing has its new header first.
 *
 * @throws LibError of kind `corrupt` when the end of the file is missing
 */
export function checkSize(path: string, { header, size }: FileState): void {
  if (header && !header.writeAhead && size < header.fullSize) throw corrupt(path, 'is cut short');
}
