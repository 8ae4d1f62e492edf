/**
 * What `require('lib')` gives, as the kernel does for every cell: the same names as index.ts, each loaded when it is
 * first used. A cell that imports two functions waits for the files of two functions.
 *
 * The names are read from index.ts, so that there is one list only; programs that `import` use that file itself.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const list = readFileSync(join(__dirname, 'index.ts'), 'utf8');

for (const [, names = '', file = ''] of list.matchAll(/^export \{([^}]+)\} from '([^']+)';$/gm)) {
  for (const name of names.split(',').map((text) => text.trim())) {
    if (name === '' || name.startsWith('type ')) continue;
    Object.defineProperty(exports, name, { enumerable: true, get: () => require(file)[name] });
  }
}
