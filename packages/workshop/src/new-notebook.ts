/** Makes a notebook of one's own in `my-notebooks`, with the library at hand: `npm run notebook -- my-idea`. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { committedMetadata, type Notebook, splitLines, writeNotebook } from './notebook-file.ts';
import { misuse, readOptions, runMain } from './setup/cli.mjs';
import { commands } from './setup/commands.mjs';

const projectRoot = join(import.meta.dirname, '..', '..', '..');

if (import.meta.main) runMain(main);

async function main(): Promise<number> {
  const { help, positionals } = readOptions('notebook');
  if (help) {
    console.log(commands.notebook.usage);
    return 0;
  }
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw misuse('notebook', 'Say what it is to be called.');
  if (!/^[\p{L}\p{N}][\p{L}\p{N} _-]*$/u.test(name)) {
    throw misuse('notebook', `${JSON.stringify(name)} is no name: letters, digits, spaces, _ and - are.`);
  }
  const folder = join(projectRoot, 'my-notebooks');
  const file = join(folder, `${name}.ipynb`);
  if (existsSync(file)) throw misuse('notebook', `my-notebooks/${name}.ipynb is there already.`);
  mkdirSync(folder, { recursive: true });
  writeNotebook(file, newNotebook(name));
  console.log(`my-notebooks/${name}.ipynb is made. Open it with: npm start -- "my-notebooks/${name}.ipynb"`);
  return 0;
}

/** A notebook that runs as it is, for the local kernel. */
export function newNotebook(name: string): Notebook {
  return {
    cells: template(name).map(([type, text], index) => ({
      cell_type: type,
      id: `cell-${index + 1}`,
      metadata: {},
      source: splitLines(text),
      ...(type === 'code' && { execution_count: null, outputs: [] }),
    })),
    metadata: committedMetadata,
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** The cells of a new notebook: what is needed, what most notebooks begin with, and where the rest is. */
function template(name: string): readonly (readonly ['markdown' | 'code', string])[] {
  return [
    ['markdown', `# ${name}\n\nWhat do you want to know?`],
    [
      'code',
      `import { createClient, invokeText, preflight, resolveModel, show } from 'lib';\n\nawait preflight(['amazon.nova-lite-v1:0']);`,
    ],
    [
      'code',
      `const client = createClient();\nconst model = await resolveModel(client, 'amazon.nova-lite-v1:0');\n\nconst { text } = await invokeText(client, model.id, 'What is 17 + 25?');\nshow(text);`,
    ],
    [
      'markdown',
      'Type `lib` members with **Tab** behind a name, and **Shift-Tab** for what they take. Conversations: `new Conversation({ client, modelId: model.id })` ([003](../notebooks/003.ipynb)); agents: `new Agent({ …, tools })` ([004](../notebooks/004.ipynb)); labels, numbers and facts from a text: `classify`, `regress`, `extract` ([002](../notebooks/002.ipynb)).',
    ],
    ['code', 'client.destroy();'],
  ];
}
