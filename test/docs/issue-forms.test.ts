import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kernelspecs } from '../../packages/workshop/src/kernelspecs.ts';
import { notebooks, projectRoot, read, tokensOf } from './pages.ts';

const folder = '.github/ISSUE_TEMPLATE';
const forms = readdirSync(join(projectRoot, folder)).filter((name) => name !== 'config.yml');
const values = (text: string, key: string) =>
  [...text.matchAll(new RegExp(`^ *(?:- )?${key}: (.*)$`, 'gm'))].map(([, value = '']) => value);

describe.each(forms)('%s', (name) => {
  const text = read(`${folder}/${name}`);

  it('has what GitHub asks of a form: a name, a description, and at least one field', () => {
    expect(text).toMatch(/^name: \S/m);
    expect(text).toMatch(/^description: \S/m);
    expect(text).toMatch(/^body:\n {2}- type: /m);
    const known = ['markdown', 'textarea', 'input', 'dropdown', 'checkboxes'];
    expect(values(text, 'type').filter((type) => !known.includes(type))).toEqual([]);
  });

  it('gives each field an id and a label of its own', () => {
    const fields = values(text, 'type').filter((type) => type !== 'markdown').length;
    for (const key of ['id', 'label']) expect(new Set(values(text, key)).size).toBe(fields);
  });
});

it('the form for bugs offers the kernels by the names that Jupyter shows', () => {
  const text = read(`${folder}/bug.yml`);
  for (const { display_name } of Object.values(kernelspecs(projectRoot, process.execPath))) {
    expect(text).toContain(`- ${display_name}\n`);
  }
});

it("the form for bugs cannot be sent without the doctor's words", () => {
  const field = /id: doctor\n[\s\S]*?(?=\n {2}- type|$)/.exec(read(`${folder}/bug.yml`))?.[0] ?? '';
  expect(field).toContain('npm run doctor');
  expect(field).toContain('required: true');
});

it('the form for bugs gives a heading that a notebook has as its example', () => {
  const headings = notebooks
    .flatMap(tokensOf)
    .flatMap((token) => (token.type === 'heading' ? [token.text as string] : []));
  const [example = ''] =
    /id: cell\n[\s\S]*?placeholder: "(.*)"/.exec(read(`${folder}/bug.yml`))?.slice(1) ?? [];
  expect(headings).toContain(example);
});
