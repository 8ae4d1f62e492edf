import type { Change } from './compare.ts';

/** Members of an entry in their order, as the catalogue's files write them. */
const order = [
  'profiles',
  'onDemand',
  'startOfLife',
  'legacy',
  'endOfLife',
  'endOfLifeIsApproximate',
  'datesFrom',
  'successor',
  'price',
  'readsImages',
  'needsUseCaseForm',
  'refuses',
];

/**
 * A catalogue file's text with these changes, and everything else as it was, comments and prices included.
 * `undefined` for the changes of models that the file does not have. Pure.
 */
export function editSource(source: string, changes: readonly Change[]): string {
  return changes.reduce(editOne, source);
}

/** Whether a file has the model's entry. Pure. */
export function hasEntry(source: string, id: string): boolean {
  return source.includes(`\n    id: '${id}',\n`);
}

function editOne(source: string, { id, member, after }: Change): string {
  const start = source.indexOf(`\n    id: '${id}',\n`);
  const end = source.indexOf('\n  },', start);
  if (start === -1 || end === -1) return source;
  const entry = source.slice(start, end);
  return source.slice(0, start) + setMember(entry, member, after) + source.slice(end);
}

function setMember(entry: string, member: Change['member'], value: Change['after']): string {
  const line = `    ${member}: ${write(value)},`;
  const present = new RegExp(`^ {4}${member}: [^\\n]*,$`, 'm');
  if (present.test(entry)) return entry.replace(present, () => line);
  const later = order.slice(order.indexOf(member) + 1).join('|');
  const next = new RegExp(`^ {4}(?:${later}): `, 'm').exec(entry);
  return next === null
    ? `${entry}\n${line}`
    : `${entry.slice(0, next.index)}${line}\n${entry.slice(next.index)}`;
}

function write(value: Change['after']): string {
  if (value === true) return 'true';
  return typeof value === 'string' ? `'${value}'` : `[${value.map((one) => `'${one}'`).join(', ')}]`;
}
