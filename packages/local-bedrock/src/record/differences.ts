/** How long a value may be in a message, in characters. */
const longest = 60;

/** Where two JSON values differ, as `messages[0].content[0].text: recorded "a", asked "b"`. Pure. */
export function differences(recorded: unknown, asked: unknown, path = ''): string[] {
  if (Array.isArray(recorded) && Array.isArray(asked)) {
    const length = Math.max(recorded.length, asked.length);
    return Array.from({ length }, (_, index) =>
      differences(recorded[index], asked[index], `${path}[${index}]`),
    ).flat();
  }
  if (isObject(recorded) && isObject(asked)) {
    const names = [...new Set([...Object.keys(recorded), ...Object.keys(asked)])].sort();
    return names.flatMap((name) =>
      differences(recorded[name], asked[name], path === '' ? name : `${path}.${name}`),
    );
  }
  if (Object.is(recorded, asked)) return [];
  const [one, other] = shorten(show(recorded), show(asked));
  return [`${path || 'the body'}: recorded ${one}, asked ${other}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** Both texts from a little before where they begin to differ. */
function shorten(one: string, other: string): [string, string] {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same += 1;
  const from = one.length > longest || other.length > longest ? Math.max(0, same - 10) : 0;
  const cut = (text: string) =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + longest)}${text.length > from + longest ? '…' : ''}`;
  return [cut(one), cut(other)];
}
