import { answerForm } from './answer-form.ts';
import type { Question } from './question.ts';

const asked =
  /(?:what(?:'s| is| are)|calculate|compute|how much is|evaluate|solve|work out|result of|value of)[:\s]*((?:-?\(*\s*\d)[\d\s.+*/()-]*\d[\s)]*)/i;
const onlyExpression = /^\s*(\(*-?\d[\d\s.+*/()-]*[\d)])\s*(?:=\s*\?*)?$/;
const isDate = /\d{4}-\d{1,2}-\d{1,2}/;
const onlyNumber =
  /only (?:with )?(?:the |a )?(?:number|result|answer)|(?:number|result) (?:only|and nothing else)|nothing else|just the/i;

/** `What is 12 * 7?` and its like. A small model works from left to right, whatever binds tighter. */
export function arithmetic(question: Question): string | undefined {
  const prompt = withSigns(question.prompt);
  const expression = (asked.exec(prompt)?.[1] ?? onlyExpression.exec(prompt)?.[1])
    ?.replace(/\s+/g, ' ')
    .trim();
  if (
    expression === undefined ||
    expression.length > 200 ||
    isDate.test(expression) ||
    !/\d\s*[-+*/]\s*[-(\d]/.test(expression)
  )
    return undefined;
  const value = evaluate(expression, question.strength === 'small');
  if (value === undefined) return undefined;
  const { prefix, suffix } = answerForm(question);
  const bare = prefix !== '' || onlyNumber.test(`${question.system}\n${prompt}`);
  return bare ? `${prefix}${show(value)}${suffix}` : `${expression} = ${show(value)}`;
}

/** What a sum may be written with beside the signs of `evaluate`. */
const otherSigns = /[%,×x−÷]|times|multiplied|plus|minus|divided|over/i;

function withSigns(prompt: string): string {
  if (!otherSigns.test(prompt)) return prompt;
  return prompt
    .replace(/(\d)\s*%\s*of\s*(?=[\d(])/gi, '$1 / 100 * ')
    .replace(/(?<=[\d)]\s*)(?:times|multiplied by|×|x|\*)(?=\s*[-(\d])/gi, '*')
    .replace(/(?<=[\d)]\s*)(?:plus)(?=\s*[-(\d])/gi, '+')
    .replace(/(?<=[\d)]\s*)(?:minus|−)(?=\s*[-(\d])/gi, '-')
    .replace(/(?<=[\d)]\s*)(?:divided by|over|÷)(?=\s*[-(\d])/gi, '/')
    .replace(/(?<=\d),(?=\d{3}\b)/g, '');
}

function show(value: number): string {
  return String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(12)));
}

/** The value of an expression of numbers, `+ - * /` and brackets; `undefined` when it is not one. */
function evaluate(expression: string, leftToRight: boolean): number | undefined {
  const tokens = expression.match(/\d+(?:\.\d+)?|[-+*/()]/g) ?? [];
  let at = 0;

  function operand(): number {
    const token = tokens[at];
    at += 1;
    if (token === '-') return -operand();
    if (token !== '(') return token === undefined ? Number.NaN : Number(token);
    const value = sum();
    at += 1;
    return value;
  }
  function product(): number {
    let value = operand();
    while (!leftToRight && (tokens[at] === '*' || tokens[at] === '/'))
      value = apply(tokens[at++], value, operand());
    return value;
  }
  function sum(): number {
    let value = product();
    while (tokens[at] !== undefined && tokens[at] !== ')') value = apply(tokens[at++], value, product());
    return value;
  }

  const value = sum();
  return at >= tokens.length && Number.isFinite(value) ? value : undefined;
}

function apply(sign: string | undefined, one: number, other: number): number {
  if (sign === '+') return one + other;
  if (sign === '-') return one - other;
  if (sign === '*') return one * other;
  return sign === '/' ? one / other : Number.NaN;
}
