import { describe, expect, it } from 'vitest';
import { browserCommand } from '../../src/setup/open-browser.ts';
import { formatSummary } from '../../src/setup/summary.ts';

describe('the summary', () => {
  it('is at most 80 columns wide, and has no colour where there is no terminal', () => {
    const text = formatSummary([
      ['Node', '24'],
      ['Credentials', 'word '.repeat(40).trim()],
    ]);
    for (const line of text.split('\n')) expect(line.length).toBeLessThan(80);
    expect(text.split('\n')[2]).toMatch(/^ {13}word/);
    expect(text).not.toContain('\u001b');
  });
});

describe('the browser', () => {
  it('is opened as the system does it', () => {
    expect(browserCommand({}, 'darwin', false)).toEqual(['open']);
    expect(browserCommand({ DISPLAY: ':0' }, 'linux', false)).toEqual(['xdg-open']);
    expect(browserCommand({}, 'linux', true)?.[0]).toBe('cmd.exe');
    expect(browserCommand({ BROWSER: '/opt/helper' }, 'linux', false)).toEqual(['/opt/helper']);
    expect(browserCommand({}, 'linux', false)).toBeUndefined();
  });
});
