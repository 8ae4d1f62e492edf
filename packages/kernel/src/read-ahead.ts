import { readFileSync } from 'node:fs';
import { compiler } from './compiler.ts';
import type { Answer } from './server.ts';

/** Node's own, whatever cells are given. */
const [later, cancel] = [setTimeout, clearTimeout];

/** What the kernel does of its own, and does not let anybody wait for. */
export interface QuietWork {
  /** To be called when Jupyter asks what kernel this is: it does so every 500 ms, until it has connected. */
  asked(): void;
  /** Puts the work off while cells are answered. */
  behind(answer: Answer): Answer;
}

/** Milliseconds without a question, after which the work begins; and between two of its steps. */
export interface Pauses {
  readonly quiet: number;
  readonly between: number;
}

/**
 * Does the steps one by one while nobody asks anything: a cell that was sent during one of them is run before the next.
 */
export function workWhenQuiet(
  steps: Iterator<void>,
  { quiet, between }: Pauses = { quiet: 800, between: 50 },
): QuietWork {
  let answering = 0;
  let timer: NodeJS.Timeout | undefined;
  let isDone = false;

  function plan(pause: number): void {
    cancel(timer);
    if (answering > 0 || isDone) return;
    timer = later(() => {
      isDone = steps.next().done === true;
      plan(between);
    }, pause);
  }

  return {
    asked: () => plan(quiet),
    behind: (answer) => async (request) => {
      answering += 1;
      plan(quiet);
      try {
        return await answer(request);
      } finally {
        answering -= 1;
        plan(quiet);
      }
    },
  };
}

/**
 * What the cells of a notebook import, in their order; files beside the notebook are none of it.
 *
 * @param file undefined, or no notebook, where nobody knows which one it is
 */
export function importsOfNotebook(file: string | undefined): readonly string[] {
  try {
    const { cells } = JSON.parse(readFileSync(file ?? '', 'utf8')) as {
      readonly cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[];
    };
    const names = cells.flatMap(({ cell_type, source }) =>
      cell_type === 'code' ? compiler().preProcessFile([source].flat().join('')).importedFiles : [],
    );
    return [...new Set(names.map(({ fileName }) => fileName))].filter((name) => !/^[./]/.test(name));
  } catch {
    return [];
  }
}
