import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from '../setup/disk.mjs';
import { endProcessTree } from '../setup/processes.mjs';
import { type Counts, countStep } from './report.ts';
import type { Step } from './steps.ts';

/** What became of one step. */
export interface StepResult {
  readonly name: string;
  readonly succeeded: boolean;
  readonly counts: Counts;
  readonly seconds: number;
  /** All it wrote, standard output and error together. */
  readonly output: string;
  /** What it measured, if it does. */
  readonly figures?: string;
}

export interface RunOptions {
  readonly projectRoot: string;
  readonly env: NodeJS.ProcessEnv;
  /** Resolves when the step is to be ended; it then counts as failed. */
  readonly stopping: Promise<unknown>;
  /** Called about once a second with the seconds that have gone by. */
  readonly onTick: (seconds: number) => void;
}

/** Runs one step on this Node, to its end. It never rejects: a step that does not start has failed. */
export async function runStep(step: Step, options: RunOptions): Promise<StepResult> {
  const { projectRoot, env, stopping, onTick } = options;
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const reportFile = step.report === undefined ? undefined : join(projectRoot, step.report);
  if (reportFile !== undefined) rmSync(reportFile, { force: true });
  const figuresFile = step.figures === undefined ? undefined : join(projectRoot, step.figures);
  if (figuresFile !== undefined) rmSync(figuresFile, { force: true });
  // A group of its own: Ctrl-C must not reach the children one by one, but all of them through here.
  const child = spawn(process.execPath, step.args, {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const timer = setInterval(() => onTick(elapsed()), 1_000);
  const ended = new Promise<boolean>((resolve) => {
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      resolve(false);
    });
    child.on('exit', (code) => resolve(code === 0));
  });
  const stopped = stopping.then(async () => {
    if (child.pid !== undefined) await endProcessTree(child.pid);
    return false;
  });
  const succeeded = await Promise.race([ended, stopped]);
  clearInterval(timer);
  const report = reportFile === undefined ? undefined : (readText(reportFile) ?? '');
  const figures = figuresFile === undefined ? undefined : readText(figuresFile);
  return {
    ...(figures !== undefined && { figures }),
    name: step.name,
    succeeded,
    counts: countStep(succeeded, report),
    seconds: elapsed(),
    output: Buffer.concat(chunks).toString('utf8').trim(),
  };
}
