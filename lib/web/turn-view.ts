import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { findModel, formatDollars, sumKnown, sumUsage, type TokenUsage } from 'bedrock-models';
import { endingOf, endingOfAnswer } from '../base/endings.ts';
import { type Message, textOf } from '../base/message.ts';
import { renderBlock } from '../converse/render.ts';
import type { HistoryEntry, Turn } from '../history/history.ts';
import { type StandingTurn, standingTurns } from '../history/log-part.ts';
import { renderMarkdown } from './render-markdown.ts';
import { describeInput, showHidden, showName } from './shown-text.ts';

/** A call of a tool, as it is shown. */
export interface StepView {
  readonly type: 'step';
  readonly id: string;
  readonly name: string;
  /** The input as JSON, laid out for a person; absent while the model is still writing it. */
  readonly input?: string;
  /** Absent until there is one. */
  readonly result?: { readonly text: string; readonly isError: boolean };
}

/** A piece of an answer: words, or a call of a tool between them. */
export type Part = { readonly type: 'text'; readonly text: string; readonly html: string } | StepView;

/** One turn as the page shows it. */
export interface TurnView {
  readonly question: string;
  readonly parts: readonly Part[];
  /** What a reader has to know of the answer, such as that it was cut. */
  readonly note?: string;
  /** Model, tokens and cost. */
  readonly about?: string;
  readonly modelId?: string;
  /** Answers in whose place this one stands, oldest first. */
  readonly earlier?: readonly TurnView[];
}

/** What is stored of one turn: several entries when tools were called. */
export type StoredTurn = readonly Turn[];

/** The turns of a log as the page shows them, oldest first. Pure. */
export function turnViews(entries: readonly HistoryEntry[]): TurnView[] {
  return standingTurns(entries).map(shownViewOf);
}

/** A turn with its earlier answers, as the page shows it. Pure. */
export function shownViewOf({ turn, earlier }: StandingTurn): TurnView {
  return { ...viewOf(turn), ...(earlier.length > 0 && { earlier: earlier.map(viewOf) }) };
}

/** One turn as the page shows it. Pure. */
export function viewOf(turn: StoredTurn): TurnView {
  const [question] = turn.flatMap(({ messages }) => messages.filter(({ role }) => role === 'user'));
  const parts = partsOf(turn);
  const note = noteOf(turn, parts);
  const about = aboutOf(turn);
  const modelId = turn.findLast((entry) => entry.modelId !== undefined)?.modelId;
  return {
    question: question === undefined ? '' : textOf(question),
    parts,
    ...(note !== undefined && { note }),
    ...(about !== undefined && { about }),
    ...(modelId !== undefined && { modelId }),
  };
}

const json = (value: unknown) => JSON.stringify(value, null, 2) ?? '';

/** The text of a tool's result. Pure. */
export function resultOf({ content = [], status }: NonNullable<ContentBlock['toolResult']>) {
  // A picture or a document is named.
  const text = content
    .map((block) => (block.json === undefined ? renderBlock(block as ContentBlock) : json(block.json)))
    .join('\n');
  return { text: showHidden(text), isError: status === 'error' };
}

/** A piece of text with its HTML. Pure. */
export function textPart(text: string): Part {
  return { type: 'text', text, html: renderMarkdown(text) };
}

/** What a reader has to know of an answer that did not end by itself. Pure. */
export function noteOfStop(stopReason: string | undefined): string | undefined {
  return stopReason === undefined ? undefined : endingOf(stopReason).note;
}

/** Tokens and cost in one line, and which model. Pure. */
export function describeUse(
  modelId: string | undefined,
  usage: TokenUsage | undefined,
  costUsd: number | undefined,
): string {
  const name = modelId === undefined ? [] : [findModel(modelId)?.name ?? modelId];
  const tokens = `${usage?.totalTokens.toLocaleString('en') ?? 'unknown'} tokens`;
  return [...name, tokens, costUsd === undefined ? 'cost unknown' : formatDollars(costUsd)].join(' · ');
}

function partsOf(turn: StoredTurn): Part[] {
  const blocks = turn.flatMap(({ messages }) => messages.flatMap(({ content }) => content));
  const results = new Map(
    blocks.flatMap(({ toolResult }) => (toolResult ? [[toolResult.toolUseId, resultOf(toolResult)]] : [])),
  );
  return turn.flatMap(({ messages, repair }) =>
    messages
      .filter(({ role }) => role === 'assistant')
      .flatMap(({ content }) => content)
      .flatMap((block): Part[] => {
        if (block.toolUse !== undefined) {
          const { toolUseId = '', name = '', input } = block.toolUse;
          const result = results.get(toolUseId);
          return [
            {
              type: 'step',
              id: toolUseId,
              name: showName(name),
              input: describeInput(input),
              ...(result && { result }),
            },
          ];
        }
        const text = textOf({ role: 'assistant', content: [block] });
        // The words that finish a broken turn are for the model; a reader gets the note.
        return text.trim() === '' || repair !== undefined ? [] : [textPart(text)];
      }),
  );
}

function noteOf(turn: StoredTurn, parts: readonly Part[]): string | undefined {
  const { repair, notSent } = turn.findLast((entry) => entry.repair ?? entry.notSent) ?? {};
  if (repair ?? notSent) return repair ?? notSent;
  const { stopReason, open } = turn.at(-1) ?? {};
  if (open) return undefined;
  return parts.length > 0 ? noteOfStop(stopReason) : endingOfAnswer(silence, stopReason ?? 'end_turn').note;
}

const silence: Message = { role: 'assistant', content: [] };

function aboutOf(turn: StoredTurn): string | undefined {
  const answers = turn.filter(
    ({ messages, repair }) => repair === undefined && messages.some(({ role }) => role === 'assistant'),
  );
  if (answers.length === 0) return undefined;
  const usage = sumUsage(answers.map((answer) => answer.usage));
  return describeUse(answers.at(-1)?.modelId, usage, sumKnown(answers.map(({ costUsd }) => costUsd)));
}
