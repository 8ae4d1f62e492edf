import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLibError, loadTextFile } from 'lib';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'text-file-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'zero-shot.txt'), 'Grüße 東京\r\n{{kept}}\n');

function errorOf(path: string) {
  try {
    loadTextFile(path);
  } catch (error) {
    if (isLibError(error)) return error;
  }
  throw new Error('no LibError');
}

describe('loadTextFile', () => {
  it('gives the text as it is', () => {
    expect(loadTextFile(join(folder, 'zero-shot.txt'))).toBe('Grüße 東京\r\n{{kept}}\n');
  });

  it('throws for a missing file, and names the one that was probably meant', () => {
    const error = errorOf(join(folder, 'zero-shoot.txt'));
    expect(error.kind).toBe('file');
    expect(error.message).toContain('zero-shoot.txt');
    expect(error.hint).toBe(`Did you mean ${join(folder, 'zero-shot.txt')}?`);
  });

  it('says what is there when nothing is near', () => {
    expect(errorOf(join(folder, 'conversation.txt')).hint).toBe(
      `Check the spelling. ${folder} has: ${join(folder, 'zero-shot.txt')}.`,
    );
  });

  it('says so when the folder is missing, too', () => {
    expect(errorOf(join(folder, 'nowhere', 'a.txt')).hint).toContain('There is no folder');
  });

  it('says so for a folder', () => {
    expect(errorOf(folder).message).toContain('is a folder');
  });

  it.skipIf(process.getuid?.() === 0)('says so for a file that may not be read', () => {
    const secret = join(folder, 'secret.txt');
    writeFileSync(secret, 'x');
    chmodSync(secret, 0o000);
    expect(errorOf(secret).hint).toContain('chmod');
  });
});
