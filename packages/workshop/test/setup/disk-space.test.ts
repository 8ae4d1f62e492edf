import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMegabytes, freeMegabytes, judgeRoom } from '../../src/setup/disk.mjs';

const judge = (free: number, needed: number) =>
  judgeRoom({ freeMegabytes: free, neededMegabytes: needed, folder: '~/workshop' });

describe('the room on the disk', () => {
  it('is not spoken of when there is enough', () => {
    expect(judge(1_500, 600)).toEqual({ verdict: 'fits', text: '' });
  });

  it('below 1.5 GB is worth a warning, also when nothing is to be installed', () => {
    expect(judge(1_499, 600)).toEqual({
      verdict: 'tight',
      text: 'Only 1.5 GB free on the disk of ~/workshop; the set-up takes about 600 MB of them. JupyterLab may not start when the home folder is full.',
    });
    expect(judge(40, 0)).toMatchObject({ verdict: 'tight' });
    expect(judge(40, 0).text).not.toContain('takes about');
  });

  it('that is too small is refused before anything is changed, with how much is missing', () => {
    const { verdict, text } = judge(512, 600);
    expect(verdict).toBe('refused');
    expect(text).toContain('needs 700 MB, and there are only 512 MB free on the disk of ~/workshop');
    expect(text).toContain('Nothing has been changed.\nNext step: make room for 188 MB more');
  });

  it('is judged the better, the more there is', () => {
    const order = ['refused', 'tight', 'fits'];
    const megabytes = fc.nat(10_000);
    fc.assert(
      fc.property(megabytes, megabytes, megabytes, (free, more, needed) => {
        const [less, greater] = [judge(free, needed), judge(free + more, needed)];
        expect(order.indexOf(greater.verdict)).toBeGreaterThanOrEqual(order.indexOf(less.verdict));
        if (needed > 0 && less.verdict !== 'refused') expect(free).toBeGreaterThan(needed);
      }),
    );
  });

  it('is measured', () => {
    expect(freeMegabytes('/')).toBeGreaterThan(0);
    expect(freeMegabytes('/no/such/folder')).toBe(Number.POSITIVE_INFINITY);
    expect([formatMegabytes(999.9), formatMegabytes(4_230)]).toEqual(['999 MB', '4.2 GB']);
  });
});
