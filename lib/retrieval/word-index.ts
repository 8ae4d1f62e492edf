import { LibError } from '../base/errors.ts';
import type { Database } from '../sqlite/database.ts';
import { storedJson } from '../sqlite/json.ts';

/** What the full-text index of a connection holds. It is in memory, and ends with the connection. */
export interface WordIndex {
  /** The revision of the table that it holds. */
  readonly revision: number;
  readonly count: number;
  /** The highest row. */
  readonly last: number;
}

/**
 * Brings the index up to what the table holds now: reads what is new, or everything when something was removed.
 *
 * @throws LibError of kind `request` where SQLite has no full-text search: sql.js
 */
export function readWords(database: Database, revision: number, known: WordIndex | undefined): WordIndex {
  const isThere = database.first("SELECT 1 FROM temp.sqlite_schema WHERE name = 'word'") !== undefined;
  if (isThere && known?.revision === revision) return known;
  const isGrown = isThere && known !== undefined && countTo(database, known.last) === known.count;
  if (!isGrown) emptyWords(database);
  let { count, last } = isGrown ? known : { count: 0, last: 0 };
  database.each('SELECT id, body, checksum FROM vector WHERE id > ? ORDER BY id', [last], (row) => {
    const body = storedJson(row.body, row.checksum) as { text?: unknown } | undefined;
    // A damaged item has no words; reading it says what is wrong with it.
    const text = typeof body?.text === 'string' ? body.text : '';
    database.run('INSERT INTO temp.word (rowid, text) VALUES (?, ?)', Number(row.id), spaced(text));
    count++;
    last = Number(row.id);
  });
  return { revision, count, last };
}

/** The rows with any word of the text, those that say most about it first (BM25). */
export function rowsWithWords(database: Database, text: string): number[] {
  const words = new Set(wordsOf(text).map((word) => `"${word.replaceAll('"', '""')}"`));
  if (words.size === 0) return [];
  const rows: number[] = [];
  const sql = 'SELECT rowid FROM temp.word WHERE word MATCH ? ORDER BY rank, rowid';
  database.each(sql, [[...words].join(' OR ')], ({ rowid }) => rows.push(Number(rowid)));
  return rows;
}

function countTo(database: Database, row: number): number {
  return Number(database.first('SELECT count(*) AS count FROM vector WHERE id <= ?', row)?.count);
}

function emptyWords(database: Database): void {
  try {
    database.script(
      "DROP TABLE IF EXISTS temp.word; CREATE VIRTUAL TABLE temp.word USING fts5 (text, content = '', tokenize = 'unicode61')",
    );
  } catch (cause) {
    if (!/no such module/.test(String(cause))) throw cause;
    throw new LibError('The SQLite of sql.js has no full-text search', {
      kind: 'request',
      hint: "Open the store without { driver: 'sql.js' }: Node's SQLite has it, and uses the same file. Or leave { text } out.",
      cause,
    });
  }
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
/** Scripts that put no spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/u;

/** The text with a space between its words, which is where SQLite looks for them. Pure. */
function spaced(text: string): string {
  return unspaced.test(text) ? wordsOf(text).join(' ') : text;
}

export function wordsOf(text: string): string[] {
  return [...segmenter.segment(text)].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);
}
