/**
 * What `npm test` runs, on the project's Node: type-check, lint, unit tests and all notebooks, one after the other,
 * without AWS. A step that fails is shown in full and does not keep the later ones from running. The counts also go
 * to `.cache/check.json` as `{"passed": n, "failed": n}`, in which type-check and lint count as one each.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatReport, formatStep, sum } from './check/report.ts';
import { runStep, type StepResult } from './check/run-step.ts';
import {
  defaultSteps,
  type StepName,
  stepNamed,
  stepNames,
  stepsWithJupyter,
  testEnvironment,
} from './check/steps.ts';
import { type ExplainedError, misuse, readOptions, runMain, untilAskedToEnd } from './setup/cli.mjs';
import { commands } from './setup/commands.mjs';
import { findOrCreateJupyter } from './setup/find-jupyter.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..');
const countsFile = join(projectRoot, '.cache', 'check.json');
const interruptedCode = 130;
/** Where there is no terminal to count on, a line says every 30 s that a step still runs. */
const quietSeconds = 30;

runMain(main);

async function main(): Promise<number> {
  const started = performance.now();
  const { help, only } = readOptions('test');
  if (help) {
    console.log(commands.test.usage);
    return 0;
  }
  const names = namesOf(only ?? defaultSteps);
  mkdirSync(join(projectRoot, '.cache'), { recursive: true });
  rmSync(countsFile, { force: true });
  const results: StepResult[] = [];
  const jupyter = names.some((name) => stepsWithJupyter.includes(name))
    ? await setUpJupyter(results)
    : undefined;
  const env = coloured(testEnvironment(process.env, projectRoot, jupyter));
  const stopping = untilAskedToEnd();
  let stopped = false;
  void stopping.then(() => {
    stopped = true;
  });
  for (const name of names) {
    const step = stepNamed(name);
    const result = await runStep(step, { projectRoot, env, stopping, onTick: (s) => tick(step.title, s) });
    if (stopped) {
      show('Interrupted: what was running has been ended.');
      return interruptedCode;
    }
    results.push(result);
    show(formatStep(result));
    if (result.figures !== undefined) console.log(result.figures.trimEnd());
    if (!result.succeeded) console.log(`\n${result.output}\n`);
  }
  console.log(`\n${formatReport(results, (performance.now() - started) / 1000)}`);
  const counts = sum(results.map((result) => result.counts));
  writeFileSync(countsFile, `${JSON.stringify(counts)}\n`);
  return results.every(({ succeeded }) => succeeded) ? 0 : 1;
}

function namesOf(asked: readonly string[]): readonly StepName[] {
  const unknown = asked.find((name) => !stepNames.some((each) => each === name));
  if (unknown !== undefined) throw misuse('test', `There is no check named ${unknown}.`);
  return stepNames.filter((name) => asked.includes(name));
}

/** Without Jupyter the other checks still run; that it is missing counts as a failed one. */
async function setUpJupyter(results: StepResult[]): Promise<string[] | undefined> {
  const started = performance.now();
  try {
    return (await findOrCreateJupyter(projectRoot)).command;
  } catch (error) {
    const { isExplained, exitCode, message } = error as ExplainedError;
    if (!isExplained || exitCode > 128) throw error;
    const seconds = (performance.now() - started) / 1000;
    const counts = { passed: 0, failed: 1 };
    results.push({ name: 'set-up', succeeded: false, counts, seconds, output: message });
    console.log(`${formatStep({ name: 'set-up', succeeded: false, counts, seconds })}\n\n${message}\n`);
    return undefined;
  }
}

/** On a terminal the output of a failing step keeps its colours, though it was collected. */
function coloured(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (process.stdout.isTTY && !process.env.NO_COLOR) return { ...env, FORCE_COLOR: '1' };
  const { FORCE_COLOR: _, ...rest } = env;
  return { ...rest, NO_COLOR: '1' };
}

function tick(title: string, seconds: number): void {
  const whole = Math.round(seconds);
  if (process.stdout.isTTY) process.stdout.write(`\r${title}: ${whole} s`);
  else if (whole % quietSeconds === 0) console.log(`${title}: ${whole} s ...`);
}

/** A line in the place of the counting one. */
function show(line: string): void {
  console.log(process.stdout.isTTY ? `\r${' '.repeat(40)}\r${line}` : line);
}
