/** What a turn is made of, what whoever makes it can do, and how it ends. */
import type { ToolConfiguration, ToolUseBlock } from '@aws-sdk/client-bedrock-runtime';
import type { TokenUsage } from 'bedrock-models';
import type { Message } from '../base/message.ts';
import type { StopReason } from '../invoke/family.ts';
import type { CallAnswer, InvalidToolInput } from './types.ts';

/** One answer of the model within a turn, and what became of the tools it called. */
export interface TurnStep<Outcome = unknown> {
  /** 1, 2, 3, … */
  readonly number: number;
  /** What the model said, beside its calls. */
  readonly text: string;
  /** In the order of the calls. Empty for an answer without calls. */
  readonly tools: readonly Outcome[];
  readonly stopReason: StopReason;
  /** Tokens; `undefined` when Bedrock did not say. */
  readonly usage: TokenUsage | undefined;
  /** US dollars; `undefined` when unknown. */
  readonly costUsd: number | undefined;
}

/** What a check objects to. */
export interface Objection {
  /** The check's name, such as `personal data`. */
  readonly check: string;
  /** What it has found, as a sentence. It never repeats the words that are to be kept back. */
  readonly reason: string;
}

/** What ends a turn before there is an answer. */
export interface TurnLimit<Name extends string = string> {
  readonly limit: Name;
  /** What was reached, as a sentence. */
  readonly explanation: string;
}

/** What an agent can beside talking. A conversation is a turn with none of it. */
export interface Abilities<Outcome, Name extends string = string> {
  /** The tools as they are offered in the step with this number, from 1. */
  readonly toolConfigOf?: (step: number) => ToolConfiguration | undefined;
  /** Runs the calls of an answer, and stores each result. `notRun`: why none is to be run. */
  readonly runTools?: (
    calls: readonly ToolUseBlock[],
    invalid: readonly InvalidToolInput[],
    notRun: string | undefined,
  ) => Promise<RanTools<Outcome>>;
  /** The limit that these steps have reached. */
  readonly limitOf?: (steps: readonly Pick<TurnStep, 'usage'>[]) => TurnLimit<Name> | undefined;
  /** The limit that an error stands for. */
  readonly limitOfError?: (error: unknown) => TurnLimit<Name> | undefined;
  /** Looks at what the model has said, before anything of it is given away. */
  readonly review?: (text: string) => Promise<Objection | undefined>;
  /** What a guardrail of Bedrock, or the model's own filter, has found where it has stepped in. */
  readonly explain?: (answer: CallAnswer) => Objection;
  /** The shape that the answer is to have. */
  readonly shape?: {
    read(text: string): Promise<{ readonly value: unknown } | { readonly problem: string }>;
    /** Asks once more, and tells the model what was wrong. */
    correction(problem: string): Message;
  };
  /** Runs one step, such as in a span of its own. */
  readonly inStep?: <Result>(number: number, run: () => Promise<Result>) => Promise<Result>;
  /** Is called before each call of the model, with 1, 2, 3, … */
  readonly onStepStart?: (number: number) => void;
  readonly onStep?: (step: TurnStep<Outcome>) => void;
}

/** What became of the calls of one answer. */
export interface RanTools<Outcome> {
  /** In the order of the calls, without those that wait. */
  readonly outcomes: readonly Outcome[];
  /** The calls that wait for a person's decision: they have no result yet. */
  readonly waiting: readonly ToolUseBlock[];
}

/** A turn that came to an end by itself. */
export interface Ended<Outcome> {
  readonly outcome: 'answered' | 'unfinished' | 'blocked';
  /** The last answer. */
  readonly answer: CallAnswer;
  /** What a reader has to know of how it ended, as a sentence. */
  readonly explanation?: string;
  /** With `blocked`. */
  readonly by?: 'output' | 'guardrail' | 'filter';
  readonly objection?: Objection;
  /** The answer in the wanted shape. */
  readonly value?: unknown;
  readonly steps: readonly TurnStep<Outcome>[];
  readonly notices: readonly string[];
}

/** A turn that a limit has ended. */
export interface Limited<Outcome, Name extends string> extends TurnLimit<Name> {
  readonly outcome: 'limit';
  /** What there is of an answer. */
  readonly text: string;
  readonly steps: readonly TurnStep<Outcome>[];
  readonly notices: readonly string[];
}

/** A turn that goes on when a person has decided. */
export interface Waiting<Outcome> {
  readonly outcome: 'waiting';
  /** What the model said beside its calls. */
  readonly text: string;
  readonly waiting: readonly ToolUseBlock[];
  readonly steps: readonly TurnStep<Outcome>[];
  readonly notices: readonly string[];
}

/** How a turn has ended. */
export type TurnEnd<Outcome, Name extends string = string> =
  | Ended<Outcome>
  | Limited<Outcome, Name>
  | Waiting<Outcome>;
