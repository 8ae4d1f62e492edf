import { checkInput } from '../base/check-input.ts';
import { escapeHtml } from '../base/escape-html.ts';
import type { CostMeter } from '../call/cost-meter.ts';
import { localEra, sessionMeter } from '../call/session-cost.ts';
import { openDisplay } from './display.ts';

/** How far a job is; `mapAll` and `classifyAll` report it in this form. */
export interface JobState {
  readonly done: number;
  /** How many of `done` went wrong. Default 0. */
  readonly failed?: number;
}

/** Milliseconds between two updates of a bar: more than a person can see is work for nothing. */
const shortestPause = 100;
/** Outside a notebook a line is printed for each tenth of the job. */
const lines = 10;

/**
 * A progress bar under the cell, written over as the job goes on; outside a notebook, ten lines. It shows no time, so
 * that a finished bar looks the same on every run.
 *
 * @returns the function to call with each new state; `onProgress` takes it as it is
 */
export function progress(title: string, total: number): (state: JobState) => void {
  checkInput('progress', { title, total }, { title: 'text', total: 'amount' });
  const display = openDisplay();
  const report = display ? barOn(display, title, total) : linesFor(title, total);
  report({ done: 0 });
  return report;
}

function barOn(display: (html: string) => void, title: string, total: number): (state: JobState) => void {
  let shownAt = Number.NEGATIVE_INFINITY;
  return (state) => {
    const now = performance.now();
    if (state.done < total && now - shownAt < shortestPause) return;
    shownAt = now;
    display(progressHtml(title, total, state));
  };
}

function linesFor(title: string, total: number): (state: JobState) => void {
  let printed = 0;
  return (state) => {
    const tenth = total === 0 ? lines : Math.floor((state.done * lines) / total);
    if (tenth <= printed) return;
    printed = tenth;
    console.log(progressText(title, total, state));
  };
}

/** The bar as HTML, with the same words as the line. Pure. */
export function progressHtml(title: string, total: number, state: JobState): string {
  const text = escapeHtml(progressText(title, total, state));
  return `<label>${text} <progress max="${Math.max(total, 1)}" value="${state.done}"></progress></label>`;
}

/** `Zero-shot: 12 of 36, 1 failed`. Pure. */
export function progressText(title: string, total: number, { done, failed = 0 }: JobState): string {
  return `${title}: ${done} of ${total}${failed > 0 ? `, ${failed} failed` : ''}`;
}

/**
 * What calls cost so far. Without a meter: one line, of all that this notebook's kernel has spent. With one: a running
 * total under the cell, written over with each of its calls; outside a notebook it prints a line for each.
 *
 * @returns with a meter, the function that ends it
 * @example
 * showCost(); // Cost so far: 3 calls, 325 tokens in and 211 out: $0.00012 of at most $1
 */
export function showCost(): void;
export function showCost(meter: CostMeter, title?: string): () => void;
export function showCost(meter?: CostMeter, title = 'Cost'): (() => void) | undefined {
  if (meter === undefined) {
    const where = localEra() === undefined ? '' : ' on AWS, nothing here';
    console.log(`Cost so far: ${sessionMeter()}${where}`);
    return undefined;
  }
  checkInput('showCost', { meter, title }, { meter: 'object', title: 'text' });
  checkInput('showCost', { 'meter.onCount': meter.onCount }, { 'meter.onCount': 'function' });
  const display = openDisplay();
  const report = () => {
    const text = `${title}: ${meter}`;
    if (display) display(`<output>${escapeHtml(text)}</output>`);
    else console.log(text);
  };
  report();
  return meter.onCount(report);
}
