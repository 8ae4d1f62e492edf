import type { ErrorKind } from '../errors.ts';
import type { ErrorFacts } from './facts.ts';

/** Where an error happened; it makes the hint name the model and the region. */
export interface ErrorContext {
  readonly modelId?: string;
  readonly region?: string;
  /** Of the answer whose stream failed: an exception inside a stream does not carry it. */
  readonly requestId?: string;
  /** What had arrived of the answer. */
  readonly partialText?: string;
  /** How many times the call was made. */
  readonly attempts?: number;
}

/** How one condition is told from the others, and what a person should do about it. */
export interface ErrorRule {
  readonly kind: ErrorKind;
  readonly matches: Test;
  readonly hint: (context: ErrorContext, facts: ErrorFacts) => string;
  readonly retryable?: true;
}

type Test = (facts: ErrorFacts) => boolean;

/** The message or the system's code, such as `ECONNRESET`, fits the pattern. */
export function text(pattern: RegExp): Test {
  return ({ message, code }) => pattern.test(`${message} ${code}`);
}

/** The error has one of these names; in a stream they come in lower camel case. */
export function named(...names: string[]): Test {
  return ({ name }) => names.includes(name.charAt(0).toUpperCase() + name.slice(1));
}

/** The HTTP answer had one of these codes. */
export function status(...codes: number[]): Test {
  return (facts) => codes.includes(facts.status ?? 0);
}

export function either(...tests: Test[]): Test {
  return (facts) => tests.some((test) => test(facts));
}
