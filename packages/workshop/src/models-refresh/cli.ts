/** What `npm run models:refresh` runs, with AWS credentials: the catalogue's dates and profiles, from the live API. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueDate, currentDay, listedModels } from 'bedrock-models';
import { describeError, isLibError } from 'lib/access';
import { chooseRegion } from 'lib/region';
import { explained, fromHere, readOptions, runMain } from '../setup/cli.mjs';
import { commands } from '../setup/commands.mjs';
import { writeWhole } from '../setup/disk.mjs';
import { type Change, compare, formatDifference } from './compare.ts';
import { editSource, hasEntry } from './edit-source.ts';
import { askLive } from './live-model.ts';

runMain(main);

async function main(): Promise<number> {
  const values = readOptions('models-refresh');
  const { region: asked, 'dry-run': dryRun, folder: given, help } = values;
  if (help) {
    console.log(commands['models-refresh'].usage);
    return 0;
  }
  const folder = given
    ? fromHere(given)
    : join(import.meta.dirname, '..', '..', '..', 'bedrock-models', 'src');
  const region = asked ?? (await chooseRegion()).region;
  const live = await askLive({ region }, listedModels).catch((error: unknown) => {
    if (isLibError(error)) throw explained(describeError(error), 1);
    throw error;
  });
  const { today = currentDay() } = values;
  const difference = compare(listedModels, live, today);
  const text = formatDifference(difference, region);
  console.log(text === '' ? `The catalogue agrees with Bedrock in ${region}.` : text);
  if (dryRun || difference.changes.length === 0) return 0;
  const written = writeChanges(folder, difference.changes, today);
  console.log(`Written: ${written.join(', ')}. Look at it (git diff), run npm test, and commit.`);
  return 0;
}

/** Gives the files that have changed. */
function writeChanges(folder: string, changes: readonly Change[], today: string): readonly string[] {
  const entries = join(folder, 'catalogue');
  const written = readdirSync(entries).flatMap((name) => {
    const file = join(entries, name);
    const source = readFileSync(file, 'utf8');
    const own = changes.filter(({ id }) => hasEntry(source, id));
    if (own.length === 0) return [];
    writeWhole(file, editSource(source, own));
    return [`catalogue/${name}`];
  });
  const index = join(folder, 'catalogue.ts');
  const source = readFileSync(index, 'utf8');
  writeWhole(index, source.replace(`catalogueDate = '${catalogueDate}'`, `catalogueDate = '${today}'`));
  return [...written, 'catalogue.ts'];
}
