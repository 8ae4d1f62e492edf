import { isLibError } from '../errors.ts';

/** One thing an exercise asks for: whether it is so, and what to look at when it is not. */
export interface Requirement {
  readonly what: string;
  /** Anything thrown here counts as not done yet. */
  readonly test: () => boolean | Promise<boolean>;
  /** Shown, in order, as long as the requirement is not met. */
  readonly hints: readonly string[];
}

/** How many times each exercise was checked in this kernel: each check shows one more hint. */
const attempts = new Map<string, number>();

/**
 * Checks an exercise and says what is done and what is still missing, with one more hint each time it is run.
 * It never throws: an exercise that is not done yet is not an error.
 */
export async function checkExercise(name: string, requirements: readonly Requirement[]): Promise<void> {
  const attempt = (attempts.get(name) ?? 0) + 1;
  attempts.set(name, attempt);
  const results = await Promise.all(requirements.map(meet));
  for (const { requirement, done, refusal } of results) {
    console.log(`${done ? '[done]   ' : '[not yet]'} ${requirement.what}`);
    if (refusal) console.log(`            answer: ${refusal}`);
    if (!done)
      for (const hint of requirement.hints.slice(0, attempt)) console.log(`            hint: ${hint}`);
  }
  const missing = results.filter(({ done }) => !done).length;
  const next = `${missing} to go. Change the cell above, run it, and check again.`;
  console.log(`${name}: ${missing === 0 ? 'all done.' : next}`);
}

async function meet(requirement: Requirement) {
  try {
    return { requirement, done: await requirement.test() };
  } catch (error) {
    return { requirement, done: false, refusal: refusalOf(error) };
  }
}

/** What Bedrock or `lib` said; an error of plain JavaScript only means that something is not written yet. */
function refusalOf(error: unknown): string | undefined {
  const fromBedrock = typeof error === 'object' && error !== null && '$metadata' in error;
  if (!fromBedrock && !isLibError(error)) return undefined;
  return `${(error as Error).name}: ${(error as Error).message}`;
}
