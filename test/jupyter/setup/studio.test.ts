import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fakeMachine, run } from './fake-machine.ts';

const program = join(import.meta.dirname, '../../../lib/jupyter/start.ts');

it('in SageMaker Studio, npm start offers the kernels to the JupyterLab that runs already', async () => {
  const machine = fakeMachine();
  const env = {
    ...machine.env,
    SAGEMAKER_APP_TYPE: 'JupyterLab',
    JUPYTER_DATA_DIR: join(machine.root, 'data'),
  };
  const { code, stdout } = await run(process.execPath, [program], { env });
  expect(code).toBe(0);
  expect(stdout).toContain('refresh the page');
  for (const name of ['typescript-bedrock', 'typescript-bedrock-local']) {
    const file = join(machine.root, 'data/kernels', name, 'kernel.json');
    expect(existsSync(file)).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8')).argv[0]).toBe(process.execPath);
  }
});
