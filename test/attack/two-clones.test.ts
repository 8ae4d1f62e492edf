import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import {
  connectRawClient,
  request,
  signer,
  startCommand,
  startRawKernel,
  untilConnected,
} from '../../packages/kernel/test/raw-kernel.ts';
import {
  suffixOf,
  userDataFolder,
  userKernelFile,
  userKernels,
} from '../../packages/workshop/src/setup/user-kernels.mjs';
import { fakeMachine, run } from '../../packages/workshop/test/setup/fake-machine.ts';
import { copyTree } from './copy-tree.ts';

/** What a kernel of this user says of itself: its program, and the library that a cell of its clone gets. */
async function askKernel(file: string, clone: string): Promise<string> {
  const { argv, env } = JSON.parse(readFileSync(file, 'utf8')) as {
    argv: string[];
    env: Record<string, string>;
  };
  const kernel = await startRawKernel({}, (connection) =>
    startCommand(
      argv.map((word) => word.replace('{connection_file}', connection)),
      env,
      join(clone, 'notebooks'),
    ),
  );
  const client = connectRawClient(kernel.connection);
  const sign = signer(kernel.connection);
  await untilConnected(client, sign);
  const code = "console.log(process.argv[1] + ' ' + require.resolve('lib'))";
  const { id, frames } = request('execute_request', { code, silent: false, store_history: false }, sign);
  await client.sendShell(...frames);
  const said = await client.receive(
    ({ channel, header, parent }) =>
      channel === 'iopub' && header.msg_type === 'stream' && parent.msg_id === id,
  );
  client.close();
  await kernel.close();
  return String(said.content.text).trim();
}

it('two clones of one person have kernels each, which start from their own folders, through set-up and uninstall', {
  timeout: 300_000,
}, async () => {
  const machine = fakeMachine();
  machine.script('jupyter', 'echo 4.6.6');
  const home = dirname(machine.root);
  const [one, other] = [join(home, 'one'), join(home, 'the other 50% "ü" #2')];
  for (const clone of [one, other]) copyTree(clone);
  const setUp = (clone: string) =>
    run(process.execPath, [join(clone, 'packages/workshop/src/setup.ts')], { env: machine.env, cwd: clone });
  const plain = 'typescript-bedrock-local';
  const [ofOne, ofOther] = [plain, plain + suffixOf(other)].map((name) => userKernelFile(machine.env, name));
  if (ofOne === undefined || ofOther === undefined) throw new Error('There are two.');

  expect(await setUp(one)).toMatchObject({ code: 0, stderr: '' });
  const before = readFileSync(ofOne, 'utf8');
  const second = await setUp(other);
  expect(second).toMatchObject({ code: 0, stderr: '' });
  expect(second.stdout.replace(/\s+/g, ' ')).toContain(
    'TypeScript (local Bedrock), in the other 50% "ü" #2: in ~/.local',
  );
  expect(readFileSync(ofOne, 'utf8')).toBe(before);
  for (const [file, clone] of [
    [ofOne, one],
    [ofOther, other],
  ] as const) {
    const launcher = join(clone, 'packages/kernel/src/kernel.ts');
    expect(await askKernel(file, clone)).toBe(`${launcher} ${join(clone, 'lib/index.cjs')}`);
  }

  // Another Jupyter of this user than those of the clones lists both.
  expect(readdirSync(join(userDataFolder(machine.env), 'kernels'))).toHaveLength(4);
  const uninstalled = await run(
    process.execPath,
    [join(other, 'packages/workshop/src/bootstrap.cjs'), 'setup', '--uninstall'],
    { env: machine.env },
  );
  expect(uninstalled).toMatchObject({ code: 0, stderr: '' });
  expect(uninstalled.stdout).toContain('The kernels of other copies of the project stay: ');
  expect(userKernels(one, machine.env).map(({ state }) => state)).toEqual(['own', 'own']);
  expect(readFileSync(ofOne, 'utf8')).toBe(before);
});
