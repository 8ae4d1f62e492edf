import { createHash } from 'node:crypto';
import type { Model } from 'bedrock-models';

/** How long a prompt is kept, as requests name it. */
export type CacheLife = '5m' | '1h';

const lives: Readonly<Record<CacheLife, number>> = { '5m': 5 * 60_000, '1h': 60 * 60_000 };

/** A piece of a prompt, in the order in which a model reads it: a tool, a text of the system prompt, a block. */
export interface PromptPart {
  /** The piece as JSON: the same text, the same piece. */
  readonly key: string;
  readonly tokens: number;
  /** A cache point stands behind it. */
  readonly life?: CacheLife;
}

/** What a request took from the cache and gave to it, in tokens. */
export interface CacheUse {
  readonly read: number;
  readonly written: Readonly<Record<CacheLife, number>>;
}

export const unused: CacheUse = { read: 0, written: { '5m': 0, '1h': 0 } };

export interface PromptCache {
  /** What the cache does for a prompt of so many tokens; what it keeps of it is kept from then on. */
  use(model: Model, parts: readonly PromptPart[], inputTokens: number): CacheUse;
  /** Lets so many milliseconds pass. Throws an `Error` for what is no such time. */
  advance(ms: number): void;
}

/**
 * The shortest beginning that is kept, in tokens: the first row that names the model counts. By the user guide ("Prompt
 * caching", supported models), but for what was seen: Sonnet 4.5 kept 1,322 tokens (pydantic-ai,
 * test_bedrock_cache_write_and_read, 2026), and Nova Lite 240 (LibreChat-AI/agents PR 253, June 2026).
 */
const shortest: readonly (readonly [RegExp, number])[] = [
  [/^amazon\.nova-/, 240],
  [/claude-3-5-haiku/, 2_048],
  [/claude-(?:haiku-4-5|opus-4-[5-9])/, 4_096],
  [/./, 1_024],
];

/** Nova keeps no more than this of a prompt (user guide, "Prompt caching"). */
const longestOfNova = 20_000;

/** So many pieces before a cache point, a beginning that was kept before is still found (user guide, "Prompt caching"). */
const lookBack = 20;

/** Of more prompts than this, the oldest are forgotten. */
const mostKept = 10_000;

interface Kept {
  readonly tokens: number;
  readonly life: CacheLife;
  until: number;
}

/**
 * The prompts that the models keep: each beginning of a prompt that ends with a cache point, for as long as the point
 * says since it was last used.
 */
export function createPromptCache(): PromptCache {
  const kept = new Map<string, Kept>();
  let advanced = 0;
  const now = () => performance.now() + advanced;

  const find = (key: string | undefined) => {
    const entry = key === undefined ? undefined : kept.get(key);
    return entry !== undefined && entry.until > now() ? entry : undefined;
  };

  return {
    use(model, parts, inputTokens) {
      const points = pointsOf(model, parts, inputTokens);
      if (points.length === 0) return unused;
      const keys = keysOf(model, parts);
      // The longest beginning that is there: of the last point first, and from each some pieces back.
      const found = points
        .flatMap(({ index }) => keys.slice(Math.max(0, index - lookBack), index + 1))
        .reverse()
        .map(find)
        .find((entry) => entry !== undefined);
      if (found !== undefined) found.until = now() + lives[found.life];
      const read = Math.min(found?.tokens ?? 0, inputTokens);
      const written = { '5m': 0, '1h': 0 };
      let known = read;
      for (const { index, tokens, life } of points) {
        const key = keys[index] ?? '';
        const entry = find(key);
        if (entry !== undefined) entry.until = now() + lives[entry.life];
        else kept.set(key, { tokens, life, until: now() + lives[life] });
        if (tokens <= known) continue;
        written[life] += tokens - known;
        known = tokens;
      }
      for (const [oldest] of kept) {
        if (kept.size <= mostKept) break;
        kept.delete(oldest);
      }
      return { read, written };
    },
    advance(ms) {
      if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) {
        throw new Error('"advanceMs" is a number of milliseconds, 0 or more.');
      }
      advanced += ms;
    },
  };
}

/** The tokens of a prompt that neither came from the cache nor went to it. */
export function withoutCached(inputTokens: number, cached: CacheUse | undefined): number {
  if (cached === undefined) return inputTokens;
  return Math.max(0, inputTokens - cached.read - cached.written['5m'] - cached.written['1h']);
}

/** The points behind which enough stands to be kept, with the tokens up to each. */
function pointsOf(model: Model, parts: readonly PromptPart[], inputTokens: number) {
  const least = shortest.find(([models]) => models.test(model.id))?.[1] ?? 0;
  const most = Math.min(inputTokens, model.family === 'nova' ? longestOfNova : inputTokens);
  let tokens = 0;
  return parts.flatMap((part, index) => {
    tokens += part.tokens;
    return part.life === undefined || tokens < least
      ? []
      : [{ index, tokens: Math.min(tokens, most), life: part.life }];
  });
}

/** A name for the prompt up to each of its pieces, the model's own. */
function keysOf({ id }: Model, parts: readonly PromptPart[]): string[] {
  const hash = createHash('sha256').update(id);
  return parts.map(({ key }) => hash.update('\n').update(key).copy().digest('base64'));
}
