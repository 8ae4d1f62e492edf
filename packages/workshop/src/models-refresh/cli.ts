/** What `npm run models:refresh` runs, with AWS credentials: the catalogue's dates and profiles, from the live API. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogueDate, currentDay, listedModels } from 'bedrock-models';
import { describeError, isLibError } from 'lib/access';
import { chooseRegion } from 'lib/region';
import { explained } from '../setup/failure-cause.mjs';
import { runMain } from '../setup/run-main.ts';
import { explainParseError } from '../setup/start-arguments.ts';
import { writeWhole } from '../write-file.ts';
import { type Change, compare } from './compare.ts';
import { editSource, hasEntry } from './edit-source.ts';
import { askLive } from './live-model.ts';
import { formatDifference } from './report.ts';

const usage = `Usage: npm run models:refresh [-- options]

Compares the catalogue with what Amazon Bedrock lists, shows the difference, and
writes dates and profiles into packages/bedrock-models/src/catalogue. Prices are never changed.

  --region NAME   ask this region (default: as everywhere); run it for several
  --dry-run       show the difference only
  --folder PATH   the folder of the catalogue (default: packages/bedrock-models/src)
  --today DAY     the day to judge by and to write, as YYYY-MM-DD
  --help          show this`;

runMain(main);

async function main(): Promise<number> {
  const values = parse();
  const {
    region: asked,
    'dry-run': dryRun,
    folder = join(import.meta.dirname, '..', '..', '..', 'bedrock-models', 'src'),
    help,
  } = values;
  if (help) {
    console.log(usage);
    return 0;
  }
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

function parse() {
  const off = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ options: { region: text, folder: text, today: text, 'dry-run': off, help: off } })
      .values;
  } catch (error) {
    throw explained(`${explainParseError(error as NodeJS.ErrnoException)}\n\n${usage}`, 2);
  }
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
