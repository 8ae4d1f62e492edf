/** Run by tests: prints the Jupyter found for the project in the first argument. */
import { findOrCreateJupyter } from '../../src/setup/jupyter.ts';
import { runMain } from '../../src/setup/run-main.ts';

runMain(async () => {
  console.log(JSON.stringify(await findOrCreateJupyter(process.argv[2] ?? '')));
  return 0;
});
