import * as fc from 'fast-check';
import { fillTemplate, isLibError, renderPrompt } from 'lib';
import { describe, expect, it } from 'vitest';

function errorOf(action: () => unknown) {
  try {
    action();
  } catch (error) {
    if (isLibError(error)) return error;
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

  it('knows lists and conditions', () => {
    const template = '{{#each examples}}{{text}}={{label}};{{/each}}{{#if hint}}{{hint}}{{/if}}';
    const examples = [
      { text: 'a', label: 'A' },
      { text: 'b', label: 'B' },
    ];
    expect(fillTemplate(template, { examples, hint: 'go' })).toBe('a=A;b=B;go');
  });

  it('accepts empty strings and zeros as values', () => {
    expect(fillTemplate('[{{a}}{{b}}]', { a: '', b: 0 })).toBe('[0]');
  });

  it('throws for a forgotten variable, and names it and those that were given', () => {
    const error = errorOf(() => fillTemplate('{{acid}} and {{base}}', { acid: 'x' }, 'neutralisation.hbs'));
    expect(error.kind).toBe('template');
    expect(error.message).toBe('neutralisation.hbs needs a value for {{base}}');
    expect(error.hint).toContain('Given were: acid.');
  });

  it('throws for a forgotten variable inside a list', () => {
    const error = errorOf(() => fillTemplate('{{#each list}}{{text}}{{/each}}', { list: [{ other: 1 }] }));
    expect(error.message).toContain('{{text}}');
  });

  it('does not reach into what every object inherits', () => {
    expect(errorOf(() => fillTemplate('{{constructor}}')).kind).toBe('template');
  });

  it('throws for a malformed template', () => {
    expect(errorOf(() => fillTemplate('{{#if a}} no end', { a: 1 })).message).toContain(
      'not a valid template',
    );
  });
});

describe('renderPrompt', () => {
  it('fills a template file', () => {
    const prompt = renderPrompt('prompts/neutralisation-titan.hbs', { acid: 'nitric acid', base: 'ammonia' });
    expect(prompt).toContain('neutralisation of nitric acid with ammonia');
    expect(prompt).toContain('{{chemical1}} + {{chemical2}} -> {{salt}} + {{water}}');
  });

  it('names the file in its errors', () => {
    expect(errorOf(() => renderPrompt('prompts/neutralisation.hbs')).message).toContain(
      'prompts/neutralisation.hbs',
    );
    expect(errorOf(() => renderPrompt('prompts/missing.hbs', {})).kind).toBe('file');
  });
});
