import { isLibError, renderPrompt } from 'lib';
import { describe, expect, it } from 'vitest';

function errorOf(action: () => unknown) {
  try {
    action();
  } catch (error) {
    if (isLibError(error)) return error;
  }
  throw new Error('no LibError');
}

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
