import { globSync } from 'node:fs';
import { join } from 'node:path';
import { roles } from 'lib/models';
import { describe, expect, it } from 'vitest';
import { noticeDays } from '../../lib/access/access-findings.ts';
import { currentDay } from '../../packages/bedrock-models/src/find.ts';
import { joinLines, readNotebook } from '../../packages/workshop/src/notebook-file.ts';
import { endingSoon, modelsNamedIn } from './ending-soon.ts';

const notebooksFolder = join(import.meta.dirname, '..', '..', 'notebooks');
const notebooks = globSync('{,solutions/}*.ipynb', { cwd: notebooksFolder }).sort();
const sonnet = 'anthropic.claude-sonnet-4-5-20250929-v1:0';

/**
 * These fail as time goes by, on purpose: the maintainer hears of a model's end before the learner does. Then let the
 * notebook name a younger model, or give the old one a `successor` in the catalogue; `npm run models:refresh` first.
 */
describe('sixty days before the end of a model', () => {
  it.each(notebooks)('%s calls it no longer', (name) => {
    const cells = readNotebook(join(notebooksFolder, name)).cells;
    const code = cells.filter(({ cell_type }) => cell_type === 'code').map(({ source }) => joinLines(source));
    const used = modelsNamedIn(code.join('\n'));
    expect(endingSoon(used, currentDay(), noticeDays)).toEqual([]);
  });

  it('no role puts it first', () => {
    const first = Object.values(roles).flatMap(([id = []]) => id);
    expect(endingSoon(first, currentDay(), noticeDays)).toEqual([]);
  });
});

describe('endingSoon', () => {
  it('hears of an end sixty days before, and not sooner', () => {
    expect(endingSoon([sonnet], '2027-02-06', 60)).toEqual([]);
    expect(endingSoon([sonnet], '2027-02-07', 60)).toEqual([
      { id: sonnet, called: sonnet, endOfLife: '2027-04-08', daysLeft: 60 },
    ]);
  });

  it('looks at what took the place of a model that has ended, and at nothing where nothing did', () => {
    expect(endingSoon([sonnet, 'cohere.command-r-v1:0', 'maker.model-9'], '2027-04-08', 60)).toEqual([]);
    const titan = 'amazon.titan-text-express-v1';
    expect(endingSoon([titan], '2025-12-01', 60)).toMatchObject([{ id: titan, called: titan }]);
    expect(endingSoon([titan], '2026-01-01', 60)).toEqual([]);
  });
});

describe('modelsNamedIn', () => {
  it('finds whole ids, also behind the prefix of a profile', () => {
    const text = `'us.${sonnet}', "amazon.nova-micro-v1:0", 'anthropic.claude-sonnet-5-5', 'amazon.nova-lite-v1:0:24k'`;
    expect(modelsNamedIn(text).toSorted()).toEqual([
      'amazon.nova-micro-v1:0',
      sonnet,
      'anthropic.claude-sonnet-5-5',
    ]);
  });
});
