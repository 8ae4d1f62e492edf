import {
  checkInput,
  checkOptions,
  type InputRule,
  refuseOtherMembers,
  wrongInput,
} from '../base/check-input.ts';
import { checkWhole, nothingNamed } from './vector-items.ts';
import type { SearchOptions, VectorStore } from './vector-store.ts';
import { conditionsOf, type Where } from './where.ts';

/**
 * The store with its arguments checked, the same for all databases. What cannot be meant is refused, and an option that
 * is not known as well: a filter that is misspelt or of another type would let through what it is to keep from others.
 */
export function checkedStore(store: VectorStore): VectorStore {
  return {
    async add(items) {
      checkInput('add', { items }, { items: 'objects' });
      return await store.add(items);
    },
    async search(queryVector, k, options = {}) {
      checkWhole(k, 'k');
      checkSelection('search', options, { filter: 'function?', exact: 'flag?', text: 'text?' });
      const { filter } = options;
      return await store.search(queryVector, k, filter ? { ...options, filter: decided(filter) } : options);
    },
    async get(id) {
      checkInput('get', { id }, { id: 'text' });
      return await store.get(id);
    },
    async list(options = {}) {
      checkSelection('list', options, { limit: 'number?', after: 'text?' });
      if (options.limit !== undefined) checkWhole(options.limit, 'limit');
      return await store.list(options);
    },
    async delete(what) {
      if (Array.isArray(what)) checkInput('delete', { items: what }, { items: 'texts' });
      else {
        checkSelection('delete', what, {}, 'items');
        const { where } = what as { readonly where: Where };
        if (conditionsOf(where).length === 0) throw nothingNamed();
      }
      return await store.delete(what);
    },
    async count(options = {}) {
      checkSelection('count', options, {});
      return await store.count(options);
    },
    close: () => store.close(),
  };
}

function checkSelection(
  caller: string,
  options: object,
  rules: Readonly<Record<string, InputRule>>,
  name?: string,
): void {
  checkOptions(caller, options, rules, name);
  const { where } = options as { readonly where?: Where };
  if (where !== undefined) conditionsOf(where);
  refuseOtherMembers(caller, name ?? 'options', options, ['where', ...Object.keys(rules)]);
}

/** A filter that answers later, with a promise, would let everything through. */
function decided(filter: NonNullable<SearchOptions['filter']>): NonNullable<SearchOptions['filter']> {
  return (item) => {
    const isKept: unknown = filter(item);
    if (isKept instanceof Promise) throw wrongInput('search', 'what filter gives', 'true or false', isKept);
    return Boolean(isKept);
  };
}
