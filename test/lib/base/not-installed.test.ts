import { expect, it } from 'vitest';
import { notInstalled } from '../../../lib/base/not-installed.ts';

it('an optional package that is not there is an error that says what to install', async () => {
  const name: string = 'no-such-package-at-all';
  const loading = import(name).catch(notInstalled(name, 'This test'));
  await expect(loading).rejects.toMatchObject({
    kind: 'file',
    message: `This test needs the package ${name}, which cannot be loaded here`,
    hint: `Install what is missing: npm install ${name}`,
    cause: expect.any(Error),
  });
});
