import { LibError } from './errors.ts';

const messageForm = "in the form { role: 'user', content: [{ text: '…' }] }";

/** What an argument may be: whether a value is one, and how to say it. */
const rules = {
  text: [(value: unknown) => typeof value === 'string', 'a text'],
  texts: [
    (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
    'a list of texts',
  ],
  list: [Array.isArray, 'a list'],
  objects: [(value: unknown) => Array.isArray(value) && value.every(isObject), 'a list of objects'],
  numbers: [(value: unknown) => Array.isArray(value) && value.every(Number.isFinite), 'a list of numbers'],
  object: [isObject, 'an object'],
  functions: [
    (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'function'),
    'a list of functions',
  ],
  function: [(value: unknown) => typeof value === 'function', 'a function'],
  flag: [(value: unknown) => typeof value === 'boolean', 'true or false'],
  number: [Number.isFinite, 'a number'],
  amount: [(value: unknown) => typeof value === 'number' && value >= 0, 'a number of 0 or more'],
  count: [
    (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0,
    'a whole number of 1 or more',
  ],
  signal: [
    (value: unknown) => value instanceof AbortSignal,
    'an AbortSignal, such as AbortSignal.timeout(30_000)',
  ],
  client: [isClient, 'a client: createClient() makes one'],
  message: [isMessage, messageForm],
  messages: [
    (value: unknown) => Array.isArray(value) && value.every(isMessage),
    `a list of messages, each of them ${messageForm}`,
  ],
} as const satisfies Record<string, readonly [(value: unknown) => boolean, string]>;

type RuleName = keyof typeof rules;

/** A rule's name; with `?` the argument may be left out. */
export type InputRule = RuleName | `${RuleName}?`;

/**
 * Checks what a public function was given, where the compiler could not: values from a file, a form or a model are of
 * any type. Only the members that `expected` names are looked at.
 *
 * @param caller the function's name, for the error
 * @throws LibError of kind `request` that names the function and the argument
 */
export function checkInput(
  caller: string,
  given: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, InputRule>>,
): void {
  for (const [name, rule] of Object.entries(expected)) {
    const value = given[name];
    const mayBeAbsent = rule.endsWith('?');
    if (value === undefined && mayBeAbsent) continue;
    const [isRight, what] = rules[(mayBeAbsent ? rule.slice(0, -1) : rule) as RuleName];
    if (!isRight(value)) throw wrongInput(caller, name, what, value);
    const messages = rule.startsWith('messages') ? value : rule.startsWith('message') ? [value] : [];
    for (const [index, { content }] of (messages as { content: object[] }[]).entries())
      checkContent(caller, `${name}${messages === value ? `[${index}]` : ''}.content`, content);
  }
}

const blockRules = {
  text: 'text?',
  image: 'object?',
  document: 'object?',
  video: 'object?',
  audio: 'object?',
  toolUse: 'object?',
  toolResult: 'object?',
  reasoningContent: 'object?',
  citationsContent: 'object?',
  guardContent: 'object?',
  searchResult: 'object?',
  cachePoint: 'object?',
} as const;

const partRules = {
  image: { format: 'text?', source: 'object?' },
  document: { format: 'text?', name: 'text?', source: 'object?', citations: 'object?' },
  video: { format: 'text?', source: 'object?' },
  toolUse: { toolUseId: 'text?', name: 'text?' },
  toolResult: { toolUseId: 'text?', content: 'objects?', status: 'text?' },
  reasoningContent: { reasoningText: 'object?' },
  citationsContent: { content: 'objects?', citations: 'objects?' },
} as const;

/**
 * Checks the members of content blocks that are read before they are sent; the rest is Bedrock's to check.
 *
 * @param path of the content, for the error: `messages[0].content`
 * @throws LibError of kind `request` that names the member: `messages[0].content[0].text`
 */
export function checkContent(caller: string, path: string, content: readonly object[]): void {
  for (const [index, block] of content.entries()) {
    const at = `${path}[${index}]`;
    checkEach(caller, at, block, blockRules);
    for (const [kind, rules] of Object.entries(partRules)) {
      const part = (block as Readonly<Record<string, unknown>>)[kind] as { content?: object[] } | undefined;
      if (part === undefined) continue;
      checkEach(caller, `${at}.${kind}`, part, rules);
      if (kind === 'toolResult') checkContent(caller, `${at}.${kind}.content`, part.content ?? []);
    }
  }
}

/** Checks the members of an object that `rules` names. */
export function checkEach(
  caller: string,
  name: string,
  value: object,
  rules: Readonly<Record<string, InputRule>>,
): void {
  const members = value as Readonly<Record<string, unknown>>;
  for (const [member, rule] of Object.entries(rules))
    checkInput(caller, { [`${name}.${member}`]: members[member] }, { [`${name}.${member}`]: rule });
}

/**
 * Checks a function's options: an object, with the members that `expected` names of their kind.
 *
 * @param name of the argument, where it is not `options`
 * @throws LibError of kind `request` that names the function and the option
 */
export function checkOptions(
  caller: string,
  options: unknown,
  expected: Readonly<Record<string, InputRule>> = {},
  name = 'options',
): void {
  checkInput(caller, { [name]: options }, { [name]: 'object' });
  checkInput(caller, options as Readonly<Record<string, unknown>>, expected);
  refuseSlips(caller, options as object, Object.keys(expected));
}

/** Refuses an option that is another's name but for a slip, such as `maxCostUSD`: it would be taken in silence. */
function refuseSlips(caller: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = known.find((other) => isSlip(plain(name), plain(other)));
    if (meant === undefined) continue;
    throw new LibError(`${caller} has no option ${name}`, {
      kind: 'request',
      hint: `Did you mean ${meant}?`,
    });
  }
}

function plain(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/**
 * Whether two names are the same but for one letter: another, one more or one less. Short names are too near each other for
 * that. What SQLite alone needs loads no package, so the distance is not asked of one.
 */
function isSlip(name: string, other: string): boolean {
  const shortest = Math.min(name.length, other.length);
  if (name === other || shortest < 6) return name === other;
  let same = 0;
  while (same < shortest && name[same] === other[same]) same += 1;
  const [rest, otherRest] = [name.slice(same), other.slice(same)];
  return rest.slice(1) === otherRest.slice(1) || rest === otherRest.slice(1) || rest.slice(1) === otherRest;
}

/**
 * Checks an option that is an object of its own, and has no members beside those that `rules` names.
 *
 * @throws LibError of kind `request` that names the function and the member
 */
export function checkMembers(
  caller: string,
  name: string,
  value: unknown,
  rules: Readonly<Record<string, InputRule>>,
): void {
  checkInput(caller, { [name]: value }, { [name]: 'object' });
  checkEach(caller, name, value as object, rules);
  refuseOtherMembers(caller, name, value as object, Object.keys(rules));
}

/** Refuses what is not known: it may be a misspelt filter or limit, which would hold nothing back. */
export function refuseOtherMembers(
  caller: string,
  name: string,
  value: object,
  known: readonly string[],
): void {
  if (isForeign(value)) throw wrongInput(caller, name, 'an object with members', value);
  const other = Object.keys(value).find((member) => !known.includes(member));
  if (other === undefined) return;
  throw new LibError(`${caller}: ${name} has no member ${other}`, {
    kind: 'request',
    hint: `Its members are ${known.join(', ')}.`,
  });
}

/** Whether it looks like an empty object and is none: a map, a date, or a promise that nobody awaits. Pure. */
export function isForeign(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return !isPlain && Object.keys(value).length === 0;
}

/** An option that an earlier version took is told by what takes its place. */
export function refuseOldOptions(
  caller: string,
  options: object,
  instead: Readonly<Record<string, string>>,
): void {
  for (const [name, hint] of Object.entries(instead)) {
    if (!Object.hasOwn(options, name)) continue;
    throw new LibError(`${caller} has no option ${name} any more`, { kind: 'request', hint });
  }
}

/** The error for an argument of the wrong kind. Pure. */
export function wrongInput(caller: string, name: string, expected: string, value: unknown): LibError {
  return new LibError(`${caller}: ${name} must be ${expected}, and is ${describeValue(value)}`, {
    kind: 'request',
    hint: `Look at what is given to ${caller} as ${name}.`,
  });
}

/** A value in a few words, never its content: it may be a secret, or long. Pure. */
function describeValue(value: unknown): string {
  if (value === undefined || value === null || Number.isNaN(value)) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  if (typeof value === 'function') return 'a function';
  const name = typeof value === 'object' ? value.constructor?.name : typeof value;
  return name === undefined || name === 'Object' ? 'an object' : `of type ${name}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Content as a text, which other services take, is the commonest slip. */
function isMessage(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { role, content } = value as { role?: unknown; content?: unknown };
  return typeof role === 'string' && Array.isArray(content) && content.every(isObject);
}

/** By what is used of it, so that two copies of the SDK, and a double in a test, are clients too. */
function isClient(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'send' in value && typeof value.send === 'function';
}
