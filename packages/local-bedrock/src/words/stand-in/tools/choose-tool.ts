import type { Tool } from '../../../families/family.ts';
import { asSchema } from '../json/schema.ts';
import { spokenName } from '../json/strings.ts';
import { contentWords } from '../words.ts';

/** Words that mean the same task, whatever a tool calls it. */
const tasks: readonly (readonly [RegExp, RegExp])[] = [
  [
    /\b(?:weather|forecast|climate)\b/,
    /\b(?:weather|forecast|temperature|rain\w*|snow\w*|sunny|cloud\w*|wind\w*|hot|cold|warm|umbrella|degrees)\b/,
  ],
  [
    /\b(?:time|clock|date)\b/,
    /\b(?:what time|time is it|the time|current time|date today|today's date|what day|clock|o'clock now)\b/,
  ],
  [
    /\b(?:calculat\w*|math\w*|arithmetic|evaluate|compute)\b/,
    /\d\s*(?:[-+*/×÷^%]|plus|minus|times|divided by|percent of)\s*\d|\b(?:calculate|compute|sum of|product of|square root)\b/,
  ],
  [/\b(?:stock|share price|ticker)\b/, /\b(?:stock|share|ticker)\b/],
  [/\b(?:currency|exchange rate|convert)\b/, /\b(?:exchange rate|convert|in (?:euros|dollars|yen|pounds))\b/],
  [/\b(?:translate|translation)\b/, /\btranslat\w*\b/],
  [/\b(?:e-?mail|mail)\b/, /\b(?:e-?mail|mail)\b/],
  [/\b(?:flight|fly)\b/, /\b(?:flights?|fly)\b/],
  [/\b(?:hotel|room|accommodation)\b/, /\b(?:hotels?|rooms?|stay)\b/],
  [/\b(?:restaurant|table)\b/, /\b(?:restaurants?|table for|dinner)\b/],
  [/\b(?:historical|history|fact)\b/, /\b(?:histor\w*|happened|facts?)\b/],
  [/\b(?:remind\w*|alarm|timer)\b/, /\b(?:remind|reminder|alarm|timer)\b/],
];
const empty =
  /^(?:get|fetch|do|tool|use|current|given|return|call|function|run|valu|result|user|information|data|specif|provid|require|input|string|name|for)$/;

/** How well a tool fits a text, from its name, its description and its parameters; 0 when not at all. Pure. */
export function fitOf(tool: Tool, text: string): number {
  const words = new Set(contentWords(text));
  const hits = (source: string) =>
    [...new Set(contentWords(source))].filter((word) => words.has(word) && !empty.test(word)).length;
  const name = spokenName(tool.name);
  const about = `${name} ${tool.description}`.toLowerCase();
  const lower = text.toLowerCase();
  const shared = tasks.filter(([of, asked]) => of.test(name) && asked.test(lower)).length;
  const loosely = tasks.filter(([of, asked]) => !of.test(name) && of.test(about) && asked.test(lower)).length;
  const parameters = Object.entries(asSchema(tool.schema).properties ?? {})
    .map(([parameter, schema]) => `${spokenName(parameter)} ${asSchema(schema).description ?? ''}`)
    .join(' ');
  const strong = 3 * hits(name) + 3 * shared + 1.5 * loosely;
  const described = hits(tool.description);
  return strong + described >= 2 ? strong + described + 0.25 * hits(parameters) : 0;
}

/** The tool that fits a text best; the first of those that fit equally well; `undefined` when none fits. Pure. */
export function chooseTool(tools: readonly Tool[], text: string): Tool | undefined {
  let best: { tool: Tool; fit: number } | undefined;
  for (const tool of tools) {
    const fit = fitOf(tool, text);
    if (fit > (best?.fit ?? 0)) best = { tool, fit };
  }
  return best?.tool;
}
