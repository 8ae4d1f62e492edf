/** Run by tests: prints the Jupyter found for the project in the first argument. */

import { runMain } from '../../src/setup/cli.mjs';
import { findOrCreateJupyter } from '../../src/setup/find-jupyter.ts';

runMain(async () => {
  console.log(JSON.stringify(await findOrCreateJupyter(process.argv[2] ?? '')));
  return 0;
});
