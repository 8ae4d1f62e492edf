import { toLibError } from '../base/aws-errors.ts';
import { checkInput } from '../base/check-input.ts';
import { describeError, isLibError } from '../base/errors.ts';
import { unfinishedNames } from '../base/interrupt.ts';

/** One thing an exercise asks for: whether it is so, and what to look at when it is not. */
export interface Requirement {
  readonly what: string;
  /** A text says what the answer does instead, and counts as not done yet, as does anything that is thrown. */
  readonly test: () => boolean | string | Promise<boolean | string>;
  /** Shown as long as the requirement is not met: none at the first check, then one more each time. */
  readonly hints: readonly string[];
}

/** How many times each exercise was checked in this kernel. */
const attempts = new Map<string, number>();

/**
 * Checks an exercise and says what is done and what is still missing: at first only that, so that nobody is told before
 * they have tried; with one more hint each time it is run again. What a small model on this machine should have answered
 * and did not is skipped: it says nothing of the learner's code.
 * An exercise that is not done yet is not an error: it throws only when it was stopped. Where the cell of an answer did
 * not end well there is nothing to check but an older answer, and it says so instead.
 */
export async function checkExercise(name: string, requirements: readonly Requirement[]): Promise<void> {
  checkInput('checkExercise', { name, requirements }, { name: 'text', requirements: 'objects' });
  for (const requirement of requirements)
    checkInput('checkExercise', { ...requirement }, { what: 'text', test: 'function', hints: 'texts' });
  const unfinished = unfinishedNames();
  if (unfinished.length > 0) {
    for (const { name: variable, cell } of unfinished) {
      const why =
        cell === undefined ? 'in a cell that was not run' : `in cell [${cell}], which did not end well`;
      console.log(`[not checked] ${variable} is declared ${why}.`);
    }
    console.log(`${name}: not checked. Put that cell right, run it, and check again.`);
    return;
  }
  const attempt = (attempts.get(name) ?? 0) + 1;
  attempts.set(name, attempt);
  const results = await Promise.all(requirements.map(meet));
  for (const { requirement, mark, because } of results) {
    console.log(`${`[${mark}]`.padEnd(9)} ${requirement.what}`);
    if (because) console.log(`            ${because.replaceAll('\n', '\n          ')}`);
    if (mark === 'not yet')
      for (const hint of requirement.hints.slice(0, attempt - 1)) console.log(`            hint: ${hint}`);
  }
  const missing = results.filter(({ mark }) => mark === 'not yet').length;
  const hint = attempt === 1 ? ' From the second check on there are hints.' : '';
  const next = `${missing} to go. Change the cell above, run it, and check again.${hint}`;
  console.log(`${name}: ${missing === 0 ? 'all done.' : next}`);
}

interface Result {
  readonly requirement: Requirement;
  readonly mark: 'done' | 'not yet' | 'skipped';
  readonly because?: string;
}

async function meet(requirement: Requirement): Promise<Result> {
  try {
    const found = await requirement.test();
    if (typeof found === 'string') return { requirement, mark: 'not yet', because: found };
    return { requirement, mark: found ? 'done' : 'not yet' };
  } catch (error) {
    // A stopped check has no result.
    if (isLibError(error) && error.kind === 'aborted') throw error;
    const known = toKnown(error);
    if (isLibError(known) && known.kind === 'answer' && process.env.LOCAL_BEDROCK_WORDS)
      return { requirement, mark: 'skipped', because: `${known.message}. ${aboutSmallModels}` };
    return { requirement, mark: 'not yet', because: describeError(known) };
  }
}

const aboutSmallModels = 'A larger model, or TypeScript (local Bedrock), can check this.';

/** What Bedrock said, with its next step; an error of the learner's own code as it is. */
function toKnown(error: unknown): unknown {
  const known = toLibError(error);
  return known.kind === 'unknown' ? error : known;
}
