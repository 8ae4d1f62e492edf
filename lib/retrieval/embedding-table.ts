import { splitModelId } from 'bedrock-models';
import { LibError } from '../base/errors.ts';
import type { Database } from '../sqlite/database.ts';

/** What all vectors of a store have in common, as far as it is known. */
export interface Embedding {
  readonly dimensions?: number | undefined;
  readonly modelId?: string | undefined;
}

export interface StoredEmbedding extends Embedding {
  readonly dimensions: number;
  /** Grows with each write. */
  readonly revision: number;
  /** There are no vectors (any more): the next ones may be of another model. */
  readonly isEmpty: boolean;
}

export function readEmbedding(database: Database): StoredEmbedding | undefined {
  const row = database.first(
    'SELECT dimensions, model_id, revision, NOT EXISTS (SELECT 1 FROM vector) AS is_empty FROM embedding',
  );
  if (row === undefined) return undefined;
  const modelId = row.model_id === null ? undefined : String(row.model_id);
  const isEmpty = row.is_empty === 1;
  return { dimensions: Number(row.dimensions), revision: Number(row.revision), isEmpty, modelId };
}

/**
 * @param what says in the error who has the wanted number of dimensions, such as `The query has`
 * @throws LibError of kind `request` when vectors of the two cannot be compared. Pure
 */
export function checkEmbedding(
  location: string,
  stored: StoredEmbedding | undefined,
  wanted: Embedding,
  what = 'The option asks for',
): void {
  if (
    wanted.modelId !== undefined &&
    stored &&
    !stored.isEmpty &&
    !isSameModel(stored.modelId, wanted.modelId)
  ) {
    const model = stored.modelId ?? 'a model that was not named';
    throw mismatch(
      `${location} holds vectors of ${model}, not of ${wanted.modelId}: they cannot be compared`,
      `Open it with the model it was filled with, use another file for ${wanted.modelId}, or delete its items and embed their texts again.`,
    );
  }
  if (wanted.dimensions === undefined || !stored || stored.isEmpty || stored.dimensions === wanted.dimensions)
    return;
  throw mismatch(
    `${what} ${wanted.dimensions} dimensions, and the vectors in ${location} have ${stored.dimensions}`,
    'Embed with the same model and the same number of dimensions as the store was filled with, or use another file.',
  );
}

/** Notes what the vectors have in common after some were stored, and that the table has changed. */
export function writeEmbedding(
  database: Database,
  before: StoredEmbedding | undefined,
  dimensions: number,
  modelId: string | undefined,
): void {
  const known = before?.isEmpty ? undefined : before?.modelId;
  database.run(
    `INSERT INTO embedding (id, dimensions, model_id, revision) VALUES (1, ?, ?, 1)
     ON CONFLICT (id) DO UPDATE SET dimensions = excluded.dimensions,
       model_id = excluded.model_id, revision = revision + 1`,
    dimensions,
    modelId ?? known ?? null,
  );
}

/** An inference profile and the model behind it embed alike. */
function isSameModel(one: string | undefined, other: string): boolean {
  return one !== undefined && splitModelId(one).baseId === splitModelId(other).baseId;
}

export function mismatch(message: string, hint: string): LibError {
  return new LibError(message, { kind: 'request', hint });
}
