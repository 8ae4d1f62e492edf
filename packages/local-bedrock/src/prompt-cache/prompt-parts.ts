import type { Block, Tool } from '../invoke/family.ts';
import { countBlock, countTool } from '../words/tokens.ts';
import type { CacheLife, PromptPart } from './prompt-cache.ts';

/** Puts the pieces of a prompt together, in the order in which a model reads them. */
export interface PromptParts {
  /** A piece, and what of it is counted: a text, or blocks. Neither is looked at where there is no cache point. */
  add(piece: unknown, counted: () => string | readonly Block[] | Tool): void;
  /** A cache point behind what was added last; with nothing before it, it says nothing. */
  point(ttl: unknown): void;
  /** The pieces, where there is a cache point at all. */
  parts(): readonly PromptPart[] | undefined;
}

export function promptParts(): PromptParts {
  const added: { piece: unknown; counted: Parameters<PromptParts['add']>[1]; life?: CacheLife }[] = [];
  let hasPoint = false;
  return {
    add(piece, counted) {
      added.push({ piece, counted });
    },
    point(ttl) {
      const last = added.at(-1);
      if (last === undefined) return;
      hasPoint = true;
      last.life = lifeOf(ttl);
    },
    parts() {
      if (!hasPoint) return undefined;
      return added.map(({ piece, counted, ...life }) => ({
        key: JSON.stringify(piece),
        tokens: tokensOf(counted()),
        ...life,
      }));
    },
  };
}

function tokensOf(counted: string | readonly Block[] | Tool): number {
  if (typeof counted === 'string') return countBlock({ type: 'text', text: counted });
  return isBlocks(counted) ? counted.reduce((sum, block) => sum + countBlock(block), 0) : countTool(counted);
}

function isBlocks(counted: readonly Block[] | Tool): counted is readonly Block[] {
  return Array.isArray(counted);
}

function lifeOf(ttl: unknown): CacheLife {
  return ttl === '1h' ? '1h' : '5m';
}
