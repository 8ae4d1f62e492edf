import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** In tslab's converter.js, once: the end of the function that lists the files to check, and to write, for a cell. */
export const listed =
  '.filter((dep) => dep.endsWith(".js") || (dep.endsWith(".ts") && !dep.endsWith(".d.ts")));';

/** The same without the files of packages. */
const withoutPackages = listed.replace(
  /;$/,
  '.filter((dep) => !builder.getProgram().isSourceFileFromExternalLibrary(builder.getSourceFile(dep)));',
);

/**
 * tslab checks every TypeScript file that a cell depends on, each time. For `lib`, a package that was checked where it
 * was made, that takes a second or more a cell, and nothing it finds there is ever shown. To be called before tslab is
 * loaded. A tslab that reads otherwise is left as it is: it is only slower.
 */
export function checkCellsOnly(): void {
  registerHooks({
    load(url, context, nextLoad) {
      if (!/\/tslab\/dist\/converter\.js$/.test(url)) return nextLoad(url, context);
      const source = readFileSync(new URL(url), 'utf8').replace(listed, withoutPackages);
      return { format: 'commonjs', source, shortCircuit: true };
    },
  });
}
