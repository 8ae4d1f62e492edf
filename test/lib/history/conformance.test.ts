import { onTestFinished } from 'vitest';
import { openHistory } from '../../../lib/history/open-history.ts';
import { historyConformance } from './conformance.ts';
import { drivers, newFile } from './drivers.ts';

for (const driver of drivers) {
  historyConformance(`${driver}, in a file`, async () => opened(newFile()));
  historyConformance(`${driver}, in memory`, async () => opened(':memory:'));

  async function opened(location: string) {
    const history = await openHistory(location, { driver });
    onTestFinished(() => history.close());
    return history;
  }
}
