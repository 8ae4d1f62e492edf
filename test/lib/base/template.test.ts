import { fillTemplate, isLibError, type PromptVariables } from 'lib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import fc from '../../properties.ts';

/** A template never writes to the console, whatever is wrong with it. */
const printed = vi.fn();
beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation(printed);
  }
});
afterEach(() => {
  expect(printed).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

function errorOf(template: string, variables: PromptVariables = {}) {
  try {
    fillTemplate(template, variables, 'prompt.hbs');
  } catch (error) {
    if (isLibError(error)) return error;
    throw error;
  }
  throw new Error('no LibError');
}

describe('fillTemplate', () => {
  it('puts any value in exactly as it is, and never reads it as a template', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(fillTemplate('<{{value}}>', { value })).toBe(`<${value}>`);
      }),
    );
    for (const value of ['{{other}}', '"quotes" & <tags>', '{{#each x}}', '\\{{x}}', '$& $1']) {
      expect(fillTemplate('a {{value}} b', { value })).toBe(`a ${value} b`);
    }
  });

  it('leaves escaped braces for the model', () => {
    expect(fillTemplate('\\{{salt}} of {{acid}}', { acid: 'nitric acid' })).toBe('{{salt}} of nitric acid');
  });

  it('knows lists, lists in lists, and conditions', () => {
    const template =
      '{{#each examples}}{{@index}}{{text}}{{#each tags}}[{{this}}]{{/each}};{{else}}none{{/each}}';
    const examples = [
      { text: 'a', tags: ['x', 'y'] },
      { text: 'b', tags: [] },
    ];
    expect(fillTemplate(template, { examples })).toBe('0a[x][y];1b;');
    expect(fillTemplate(template, { examples: [] })).toBe('none');
    expect(fillTemplate('{{#if hint}}{{hint}}{{else}}-{{/if}}', { hint: false })).toBe('-');
    expect(fillTemplate('{{#unless hint}}-{{/unless}}', { hint: '' })).toBe('-');
    expect(fillTemplate('{{#each a}}{{@index}}{{@first}}{{this}};{{/each}}', { a: [0, 5] })).toBe(
      '0true0;1false5;',
    );
    expect(fillTemplate('{{#each a}}{{#if @index}}, {{/if}}{{this}}{{/each}}', { a: ['x', 'y'] })).toBe(
      'x, y',
    );
    expect(fillTemplate('{{#each a}}{{this}}{{#unless @last}}, {{/unless}}{{/each}}', { a: [1, 2] })).toBe(
      '1, 2',
    );
    expect(fillTemplate('{{#each a}}{{@key}}={{this}};{{/each}}', { a: { x: 1, y: 2 } })).toBe('x=1;y=2;');
    expect(
      fillTemplate('{{#each a as |item place|}}{{place}}{{item.b}}{{../c}}{{/each}}', {
        a: [{ b: 1 }],
        c: 2,
      }),
    ).toBe('012');
    expect(fillTemplate('{{#with a}}{{b}}{{../c}}{{/with}}', { a: { b: 1 }, c: 2 })).toBe('12');
  });

  it('accepts empty texts, zeros and objects without a prototype', () => {
    expect(fillTemplate('[{{a}}{{b}}{{c}}]', { a: '', b: 0, c: false })).toBe('[0false]');
    const { groups } = /(?<word>\w+)/.exec('hello') ?? {};
    expect(fillTemplate('{{#each list}}{{word}}{{/each}}', { list: [groups] })).toBe('hello');
  });

  it('takes names of unused helpers for variables', () => {
    expect(fillTemplate('{{log}} {{lookup}}', { log: 'error 500', lookup: 'x' })).toBe('error 500 x');
  });
});

describe('a template that is filled again', () => {
  it('keeps nothing of the values before, nor of an error', () => {
    const template = '{{#each a as |x|}}{{x}}{{../end}}{{else}}none{{/each}}';
    expect(fillTemplate(template, { a: [1, 2], end: ';' })).toBe('1;2;');
    expect(errorOf(template, { a: [1] }).message).toContain('{{end}}');
    expect(fillTemplate(template, { a: [], end: ';' })).toBe('none');
    expect(fillTemplate(template, { a: [3], end: '.' })).toBe('3.');
    for (const name of ['first name', 'second name']) {
      const broken = () => fillTemplate('{{#each a}}', { a: [] }, name);
      expect(broken).toThrow(name);
    }
  });

  it('is right among many others', () => {
    for (let n = 0; n < 250; n++) expect(fillTemplate(`${n}: {{n}}`, { n })).toBe(`${n}: ${n}`);
    expect(fillTemplate('0: {{n}}', { n: 'again' })).toBe('0: again');
  });
});

describe('a missing value', () => {
  it.each([
    ['{{acid}} and {{base}}', { acid: 'x' }, 'base'],
    ['{{base}}', { base: undefined }, 'base'],
    ['{{base}}', { base: null }, 'base'],
    ['{{#each examples}}x{{/each}}', { example: [] }, 'examples'],
    ['{{#if hint}}x{{/if}}', {}, 'hint'],
    ['{{#unless hint}}x{{/unless}}', {}, 'hint'],
    ['{{#with a}}x{{/with}}', {}, 'a'],
    ['one\n  {{~#each examples as |e|}}x{{/each}}', {}, 'examples'],
    ['{{#each list}}{{text}}{{/each}}', { list: [{ other: 1 }] }, 'text'],
    ['{{#each list}}{{#each tags}}x{{/each}}{{/each}}', { list: [{}] }, 'tags'],
    ['{{#each list}}{{word}}{{/each}}', { list: [Object.create(null)] }, 'word'],
    ['{{constructor}}', {}, 'constructor'],
    ['{{toString}}', {}, 'toString'],
    ['{{#each list}}{{toString}}{{/each}}', { list: [{}] }, 'toString'],
    ['{{log}}', {}, 'log'],
  ])('%s is an error', (template, variables, name) => {
    const error = errorOf(template, variables);
    expect(error.kind).toBe('template');
    expect(error.message).toBe(`prompt.hbs needs a value for {{${name}}}`);
  });

  it('comes with what was given, and how to show braces', () => {
    const { hint } = errorOf('{{base}}', { acid: 'x' });
    expect(hint).toContain('Given were: acid.');
    expect(hint).toContain('\\{{base}}');
  });

  it('that stands outside of the list is told how to reach it', () => {
    const { hint } = errorOf('{{#each list}}{{label}}{{/each}}', { list: [{}], label: 'x' });
    expect(hint).toContain('{{../label}}');
  });
});

describe('a value that cannot be written', () => {
  it.each([
    ['{{a}}', { a: { b: 1 } }, /object/],
    ['{{a.b}}', { a: { b: { c: 1 } } }, /object/],
    ['{{a}}', { a: ['x', 'y'] }, /\{\{#each\}\}/],
    ['{{a}}', { a: Promise.resolve('x') }, /await/],
    ['{{a}}', { a: () => 'x' }, /Call it/],
    ['{{#each a}}x{{/each}}', { a: 'text' }, /array/],
    ['{{#each a}}x{{/each}}', { a: 3 }, /array/],
    ['{{#each a}}x{{/each}}', { a: new Set(['x']) }, /Array\.from/],
    ['{{#each a}}x{{/each}}', { a: 'abc'.matchAll(/./g) }, /Array\.from/],
    ['{{#each a}}x{{/each}}', { a: ['x', null] }, /Leave it out/],
    ['{{a}}', { a: new Date(0) }, /text/],
    ['{{#a}}x{{/a}}', { a: false }, /#if a/],
    ['{{^a}}x{{/a}}', { a: true }, /#if a/],
    ['{{if}}', { if: 'x' }, /Rename/],
    ['{{> footer}}', {}, /Put its text/],
  ])('%s with %j is an error', (template, variables, hint) => {
    const error = errorOf(template, variables);
    expect(error.kind).toBe('template');
    expect(error.hint).toMatch(hint);
  });

  it('is an error for a malformed template, too', () => {
    expect(errorOf('{{#if a}} no end', { a: 1 }).message).toContain('not a valid template');
  });
});
