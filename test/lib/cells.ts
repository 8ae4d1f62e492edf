/** The stop button of a notebook's kernel, as `lib` sees it there. */
import { offerCells } from '../../packages/kernel/src/interrupt.ts';

export { interrupt, runInterruptible } from '../../packages/kernel/src/interrupt.ts';

offerCells();
