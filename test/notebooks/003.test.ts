import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPrompt } from '../../lib/base/template.ts';
import type { HeadlessServer } from '../../packages/workshop/src/headless-server.ts';
import { kernelNames } from '../../packages/workshop/src/kernelspecs.ts';
import {
  type Cell,
  joinLines,
  type Notebook,
  streamText,
} from '../../packages/workshop/src/notebook-file.ts';
import { runNotebook } from '../../packages/workshop/src/run-notebook.ts';
import { projectRoot, serverFor } from './runner.ts';

const fromRoot = (path: string) => join(projectRoot, path);
/** Not 003's own database, which another run of it may be using. */
const historyFile = '003-restarted.db';
const notebook: Notebook = JSON.parse(
  readFileSync(fromRoot('notebooks/003.ipynb'), 'utf8').replaceAll("'003.db'", `'${historyFile}'`),
);
const holding = (text: string) => notebook.cells.findIndex(({ source }) => joinLines(source).includes(text));

describe('a conversation of 003', () => {
  let server: HeadlessServer;
  beforeAll(async () => {
    server = await serverFor('lab');
  });
  afterAll(async () => {
    await server?.close();
    rmSync(fromRoot(`notebooks/${historyFile}`), { force: true });
  });

  it('goes on after a restart of the kernel, with the one cell that says so', async () => {
    const goesOn = holding('const continued = new Conversation');
    const needed = [
      'const lite = await resolveModel',
      'const factual =',
      'const instructions =',
      'const common =',
      'const kept = await openHistory(historyFile, ',
    ].map(holding);
    expect([...needed, goesOn]).toEqual([...needed, goesOn].toSorted((one, other) => one - other));
    const session = await server.openSession('notebooks/003.ipynb', kernelNames.local);
    const run = async (cells: readonly (Cell | undefined)[]) => {
      const runs = await runNotebook(
        { ...notebook, cells: cells.filter((cell) => cell !== undefined) },
        session,
      );
      expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'ok'));
      return runs.map(({ outputs }) => streamText(outputs)).join('');
    };
    await run(needed.map((index) => notebook.cells[index]));
    await session.kernel?.restart();
    const printed = await run([notebook.cells[goesOn]]);
    expect(printed).toContain('Messages from before: 4');
    expect(printed).toContain('Aiko');
    await session.shutdown();
  });
});

describe('the texts of 003', () => {
  const notes: { id: string; text: string }[] = JSON.parse(
    readFileSync(fromRoot('notebooks/data/japanese-notes.json'), 'utf8'),
  );

  it('have ids of their own, in letters that a source can name', () => {
    expect(new Set(notes.map(({ id }) => id)).size).toBe(notes.length);
    for (const { id } of notes) expect(id).toMatch(/^[\w-]+$/);
  });

  it.each(notes)('give Japanese with its reading: $id', ({ text }) => {
    for (const [word, rest] of wordsWithWhatFollows(text)) {
      const reading = /\p{Script=Han}/u.test(word)
        ? /^ \([\p{Script=Hiragana}\p{Script=Katakana}ー]+, [a-z]/u
        : /^ \([a-z]/;
      expect(rest, word).toMatch(reading);
    }
  });

  it.each([
    { clues: true, romaji: true },
    { clues: true, romaji: false },
    { clues: false, romaji: true },
    { clues: false, romaji: false },
  ])('tell the teacher one thing and not its opposite: %o', ({ clues, romaji }) => {
    const asked = renderPrompt(fromRoot('prompts/jp-teacher.hbs'), { level: 'N5', clues, romaji });
    expect(asked.includes('do not translate it')).toBe(clues);
    expect(asked.includes(', translate it')).toBe(!clues);
    expect(asked.includes('Do not use romaji')).toBe(!romaji);
    expect(asked.replace('Do not use romaji', '').includes('romaji')).toBe(romaji);
  });
});

/** Each run of Japanese outside brackets, with the text behind it. */
function wordsWithWhatFollows(text: string): [word: string, rest: string][] {
  const outside = text.replace(/\([^)]*\)/g, (inside) => ' '.repeat(inside.length));
  const japanese = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々]+/gu;
  return [...outside.matchAll(japanese)].map(({ 0: word, index }) => [word, text.slice(index + word.length)]);
}
