import { referred } from '../../shapes/json-schema.ts';

/**
 * JSON Schema as a grammar of llama.cpp (GBNF), so that what a model writes under it is JSON by the schema. Members
 * come in the schema's order. What a grammar cannot say (patterns, sums, numbers' bounds) is left to the reader, and
 * what has no bound in the schema gets one here, so that a small model comes to an end.
 *
 * @see https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
 */

/** Characters of a text whose schema names no `maxLength`. */
const longestText = 400;
/** Items of a list whose schema names no `maxItems`. */
const longestList = 24;

const basics = `char ::= [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\bfnrt] | "u" [0-9a-fA-F]{4})
text ::= "\\"" char{0,${longestText}} "\\""
natural ::= "0" | [1-9] [0-9]{0,14}
integer ::= "-"? natural
number ::= integer ("." [0-9]{1,6})?
boolean ::= "true" | "false"
null ::= "null"
sp ::= " "?
value ::= text | number | boolean | null | list | object
list ::= "[" (value ("," sp value){0,${longestList - 1}})? "]"
member ::= text ":" sp value
object ::= "{" (member ("," sp member){0,${longestList - 1}})? "}"
`;

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly items?: unknown;
  readonly anyOf?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
  readonly allOf?: readonly unknown[];
  readonly $ref?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
}

/** A grammar whose texts are JSON by the schema, or the one other text. Pure. */
export function jsonGrammar(schema: unknown, otherwise?: string): string {
  const rules = new Map<string, string>();
  const names = new Map<string, string>();
  const add = (body: string): string => {
    const name = `r${rules.size}`;
    rules.set(name, body);
    return name;
  };

  function ruleOf(given: unknown): string {
    if (typeof given !== 'object' || given === null) return 'value';
    const part = given as Schema;
    if (part.$ref !== undefined) return ruleUnderName(part.$ref);
    if ('const' in part) return literal(part.const);
    if (part.enum !== undefined) return `(${part.enum.map(literal).join(' | ') || 'null'})`;
    const either = part.anyOf ?? part.oneOf;
    if (either !== undefined) return `(${either.map(ruleOf).join(' | ')})`;
    if (part.allOf !== undefined) return ruleOf(joined(part));
    if (Array.isArray(part.type)) {
      return `(${part.type.map((type) => ruleOf({ ...part, type })).join(' | ')})`;
    }
    switch (part.type ?? (part.properties === undefined ? undefined : 'object')) {
      case 'string':
        return textOf(part);
      case 'integer':
        return isNatural(part) ? 'natural' : 'integer';
      case 'number':
        return isNatural(part) ? '(natural ("." [0-9]{1,6})?)' : 'number';
      case 'boolean':
        return 'boolean';
      case 'null':
        return 'null';
      case 'array':
        return add(listOf(part));
      case 'object':
        return part.properties === undefined ? 'object' : objectOf(part.properties, part.required ?? []);
      default:
        return 'value';
    }
  }

  /** A schema under its name; the name stands before its rule, because it may refer to itself. */
  function ruleUnderName(path: string): string {
    const known = names.get(path);
    if (known !== undefined) return known;
    const name = `ref${names.size}`;
    names.set(path, name);
    rules.set(name, ruleOf(referred(schema, path)));
    return name;
  }

  function listOf({ items, minItems = 0, maxItems = Math.max(longestList, minItems) }: Schema): string {
    if (maxItems === 0) return '"[]"';
    const item = ruleOf(items);
    const further = `("," sp ${item}){${Math.max(0, minItems - 1)},${maxItems - 1}}`;
    return minItems > 0 ? `"[" ${item} ${further} "]"` : `"[" (${item} ${further})? "]"`;
  }

  /** A chain of rules, one a member: each is the rest of the object, after another member or as its first. */
  function objectOf(properties: Readonly<Record<string, unknown>>, required: readonly string[]): string {
    const members = Object.entries(properties).map(([name, value]) => ({
      rule: `${literal(name)} ":" sp ${ruleOf(value)}`,
      isRequired: required.includes(name),
    }));
    let first = add('""');
    let later = first;
    for (const { rule, isRequired } of members.reverse()) {
      const [asFirst, asLater] = [`${rule} ${later}`, `"," sp ${rule} ${later}`];
      [first, later] = [
        add(isRequired ? asFirst : `${asFirst} | ${first}`),
        add(isRequired ? asLater : `${asLater} | ${later}`),
      ];
    }
    return add(`"{" ${first} "}"`);
  }

  const root = ruleOf(schema);
  const own = [...rules].map(([name, body]) => `${name} ::= ${body}\n`);
  const other = otherwise === undefined ? '' : ` | ${JSON.stringify(otherwise)}`;
  return `root ::= ${root}${other}\n${own.join('')}${basics}`;
}

function isNatural({ minimum }: Schema): boolean {
  return minimum !== undefined && minimum >= 0;
}

function textOf({ minLength = 0, maxLength }: Schema): string {
  if (minLength === 0 && maxLength === undefined) return 'text';
  const most = Math.min(maxLength ?? longestText, longestText * 5);
  return `("\\"" char{${Math.min(minLength, most)},${most}} "\\"")`;
}

/** The members of all parts, as if they stood in one schema. */
function joined({ allOf = [], ...rest }: Schema): Schema {
  const parts = [rest, ...(allOf as readonly Schema[])];
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required),
  };
}

/** A JSON value as a terminal of the grammar. */
function literal(value: unknown): string {
  const json = JSON.stringify(value) ?? 'null';
  return `"${json.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
