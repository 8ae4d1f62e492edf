/** What `npm run history:copy -- FILE ADDRESS` runs: a SQLite file into PostgreSQL. */
import { isLibError } from 'lib';
import { copyHistory } from 'lib/history';
import { copyVectors } from 'lib/retrieval';
import { explained, fromHere, misuse, readOptions, runMain, storeFromHere } from './setup/cli.mjs';

async function main(): Promise<number> {
  const { positionals, schema } = readOptions('copy-history');
  const [given, address, ...others] = positionals;
  if (given === undefined || address === undefined || others.length > 0)
    throw misuse('copy-history', 'Give the file, and the address of the database.');
  const [file, location] = [fromHere(given), storeFromHere(address)];
  const options = schema === undefined ? {} : { schema };
  try {
    const { sessions, entries } = await copyHistory(file, location, options);
    const vectors = await copyVectors(file, location, options);
    console.log(`${sessions} sessions are there (${entries} entries were new), and ${vectors} vectors.`);
    return 0;
  } catch (error) {
    if (isLibError(error)) throw explained(`${error.message}\nNext step: ${error.hint}`, 1);
    throw error;
  }
}

runMain(main);
