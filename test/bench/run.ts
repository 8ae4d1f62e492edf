/**
 * Runs benchmarks, each in a process of its own, one after the other. Figures are medians; none of them is a test.
 *
 *   npm run bench [-- lib | local-bedrock | kernel | files | page | model | shared | a file's name …] [--long]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const groups: Readonly<Record<string, readonly string[]>> = {
  lib: ['import', 'conversation', 'history', 'vectors'],
  'local-bedrock': ['local-bedrock'],
  kernel: ['kernel', 'kernel-notebooks'],
  files: ['files-passed'],
  page: ['chat-page'],
  model: ['model'],
  shared: ['postgres', 'batch'],
};

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const names = (asked.length > 0 ? asked : Object.keys(groups)).flatMap((name) => groups[name] ?? [name]);
const unknown = names.find((name) => !existsSync(fileOf(name)));

if (unknown !== undefined) {
  const known = [...Object.keys(groups), ...Object.values(groups).flat()];
  console.error(`There is no benchmark named ${unknown}. There are: ${[...new Set(known)].join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const name of names) {
    console.log(`\n# ${name}`);
    const { status } = spawnSync(process.execPath, ['--expose-gc', fileOf(name), ...flags], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exitCode = 1;
  }
}

function fileOf(name: string): string {
  return join(import.meta.dirname, `${name}.ts`);
}
