import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCellExecutor } from '../../../kernel/src/run-cells.ts';
import { createCell, runAsCell } from '../../../kernel/src/running-cell.ts';
import { cellPackages } from '../../src/kernel/bedrock-hooks.ts';
import { adviseOnMoved } from '../../src/kernel/moved-names.ts';

const projectRoot = join(import.meta.dirname, '..', '..', '..', '..');
const executor = createCellExecutor(join(projectRoot, 'notebooks'), { projectRoot, packages: cellPackages });

/** What a learner is told about a cell of the version before, by the compiler's own messages. */
async function adviceOn(source: string): Promise<readonly string[]> {
  const cell = createCell(1, source, () => undefined);
  await runAsCell(cell, () => executor.execute(source));
  if (cell.failure === undefined || !('diagnostics' in cell.failure)) throw new Error(`${source} compiles.`);
  return cell.failure.diagnostics.flatMap(({ message }) => adviseOnMoved(message) ?? []);
}

const client = "import { createClient } from 'lib';\n";

it.each([
  [
    "import { catalogue } from 'lib'; catalogue;",
    "catalogue has moved: import { catalogue } from 'lib/models';",
  ],
  [
    "import { chooseRegion } from 'lib'; chooseRegion;",
    "chooseRegion has moved: import { chooseRegion } from 'lib/region';",
  ],
  [
    "import { isSummary } from 'lib'; isSummary;",
    "isSummary has moved: import { isSummary } from 'lib/history';",
  ],
  ["import type { Role } from 'lib'; let role: Role;", 'Role is ModelRole now.'],
  ["import type { Talker } from 'lib'; let talker: Talker;", 'Talker is Answerer now.'],
  ["import { styles } from 'lib/web/page.ts'; styles;", /^A path to a file of lib is no entry/],
  [`${client}createClient({ idleTimeout: 3 });`, 'idleTimeout is idleTimeoutMs now, in milliseconds.'],
  [
    "import { createClient } from 'lib'; import { Agent } from 'lib/agent';\nnew Agent({ client: createClient(), modelId: 'x', tools: [], limits: { maxTokens: 3 } });",
    /^The limit of a whole run is limits\.totalTokens now/,
  ],
  [
    "import { createClient, Conversation } from 'lib';\nnew Conversation({ client: createClient(), modelId: 'x', inference: { maxTokens: 3 } });",
    /^What stood in inference stands beside the other options now/,
  ],
  [
    "import { createClient, Conversation } from 'lib';\nnew Conversation({ client: createClient(), modelId: 'x', costMeter: undefined });",
    'costMeter is meter now, as everywhere.',
  ],
  [
    "import { createClient, classify } from 'lib';\nawait classify(createClient(), 'x', 'a text', { labels: ['a', 'b'], attempts: 3 });",
    /^attempts is maxCalls now/,
  ],
])('says what to write in the place of %s', async (source, advice) => {
  const told = await adviceOn(source);
  expect(told).toEqual([typeof advice === 'string' ? advice : expect.stringMatching(advice)]);
});

it.each([
  "import { noSuchName } from 'lib'; noSuchName;",
  "import { x } from 'no-such-package'; x;",
  'const n: number = "one";',
])('says nothing of what has not moved: %s', async (source) => {
  expect(await adviceOn(source)).toEqual([]);
});
