import { checkInput, checkOptions } from '../base/check-input.ts';
import type { PostgresOptions } from '../postgres/open-postgres.ts';
import { openExisting } from '../sqlite/open-database.ts';
import { readEmbedding } from './embedding-table.ts';
import { itemOf } from './vector-items.ts';
import { openVectorStore } from './vector-store.ts';

/** Items that are read and stored at once. */
const batch = 500;

/**
 * Copies the vectors of a SQLite file into a PostgreSQL database, and gives how many there are. It may be interrupted
 * and run again.
 *
 * @param location as for `openVectorStore`
 * @throws LibError as `openVectorStore` and `add`
 */
export async function copyVectors(
  file: string,
  location: string,
  options: PostgresOptions = {},
): Promise<number> {
  checkInput('copyVectors', { file, location }, { file: 'text', location: 'text' });
  checkOptions('copyVectors', options, { schema: 'text?', pool: 'object?' });
  const source = await openExisting(file);
  try {
    const stored = await source.read(readEmbedding);
    if (stored === undefined || stored.isEmpty) return 0;
    const { modelId, dimensions } = stored;
    const target = await openVectorStore(location, { ...options, dimensions, ...(modelId && { modelId }) });
    try {
      for (let last = 0, copied = 0; ; ) {
        const rows = await source.read((database) =>
          database.all('SELECT * FROM vector WHERE id > ? ORDER BY id LIMIT ?', last, batch),
        );
        if (rows.length === 0) return copied;
        await target.add(
          rows.map((row) => {
            const bytes = (row.vector as Uint8Array).slice();
            return { ...itemOf(row), vector: new Float32Array(bytes.buffer) };
          }),
        );
        copied += rows.length;
        last = Number(rows.at(-1)?.id);
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}
