/**
 * Every command of the workshop: the program that it runs, the options it takes, and what `--help` shows. It is plain
 * JavaScript, so that a wrong option and `--help` are answered before anything is installed.
 */

const off = /** @type {const} */ ({ type: 'boolean', default: false });
const text = /** @type {const} */ ({ type: 'string' });
/** Whose words: as in `packages/workshop/src/model/choice.ts`. */
const model = { model: text, 'model-name': text, 'embedding-model': text };
const texts = /** @type {const} */ ({ type: 'string', multiple: true });

export const commands = {
  start: {
    program: 'packages/workshop/src/start.ts',
    takesFiles: true,
    options: { local: off, aws: off, ...model, port: text, 'no-browser': off, verbose: off, help: off },
    usage: `Usage: npm start -- [options] [notebook]

Starts JupyterLab on a notebook, by default notebooks/001.ipynb.

  --local        use the local Bedrock endpoint: no AWS account, no cost
  --aws          use Amazon Bedrock, also if no credentials were found
  --model [X]    the local endpoint with a language model's words: X is the URL of an OpenAI-compatible
                 server (Ollama, LM Studio, llama.cpp, vLLM) or a GGUF file; without X a small model is
                 fetched once (0.5 GB)
  --model-name N        the model to ask a server for, where it has several
  --embedding-model X   a GGUF file, or a server's name, for embeddings; without it they are computed
  --port N       listen on this port (default: 8888, or the next free one)
  --no-browser   print the address and open nothing
  --verbose      show the Jupyter server's log here, not in .cache
  --help         show this

Without --local and --aws: AWS if credentials resolve, else the local endpoint.`,
  },
  test: {
    program: 'packages/workshop/src/check.ts',
    takesFiles: false,
    options: { only: texts, help: off },
    usage: `Usage: npm test -- [--only name]...

Runs, in this order: types, lint, unit, notebooks. It needs no AWS account and calls none.

  --only name   run this one only; may be given several times (also: processes, eras, clients,
                kernel-clients, browser, studio, packages, postgres, attack, model)
  --help        show this`,
  },
  setup: {
    program: 'packages/workshop/src/setup.ts',
    takesFiles: false,
    // `keep` is what happens anyway; scripts that stand elsewhere, such as a space's, still give it.
    options: { take: off, keep: off, ...model, uninstall: off, help: off },
    usage: `Usage: npm run setup -- [options]

Installs what the project needs into its own folder, and offers both kernels to every Jupyter of this user:
SageMaker Studio's, your own, VS Code's. Nothing is started. A second run takes seconds and repairs what is gone.

  --take        of several copies of the project, notebooks open on the kernels of this one; each keeps its own
  --model [X]   the third kernel too, with a language model's words: as npm start -- --help says
  --model-name N, --embedding-model X   the same
  --uninstall   remove all that the set-up made; your files and the project's own stay
  --help        show this`,
  },
  pull: {
    program: 'packages/workshop/src/setup.ts',
    takesFiles: false,
    options: { help: off },
    usage: `Usage: npm run pull

Brings this clone to the newest version, and sets it up. Notebooks that you ran or edited and that have a newer
version are copied to my-notebooks first; all other changes stay where they are.

  --help   show this`,
  },
  record: {
    program: 'packages/workshop/src/record.ts',
    takesFiles: true,
    options: { help: off },
    usage: `Usage: npm run notebooks:record [-- notebooks/001.ipynb ...]

Runs notebooks (default: all) on the local endpoint, and writes their outputs into the files.

  --help   show this`,
  },
  doctor: {
    program: 'packages/workshop/src/doctor/cli.ts',
    takesFiles: true,
    options: { model: texts, probe: off, local: off, help: off },
    usage: `Usage: npm run doctor [-- options] [notebooks/001.ipynb ...]

Looks at this machine, the sign-in, the network, and the models of the notebooks
(default: of all), and says how to put right what is wrong. It changes nothing.

  --model ID   this model or role, in place of the notebooks'; may be given again
  --probe      also call each model, for one token; the price is said first
  --local      look at the local endpoint, in place of Amazon Bedrock
  --help       show this`,
  },
  'models-refresh': {
    program: 'packages/workshop/src/models-refresh/cli.ts',
    takesFiles: false,
    options: { region: text, folder: text, today: text, 'dry-run': off, help: off },
    usage: `Usage: npm run models:refresh [-- options]

Compares the catalogue with what Amazon Bedrock lists, shows the difference, and
writes dates and profiles into packages/bedrock-models/src/catalogue. Prices are never changed.

  --region NAME   ask this region (default: as everywhere); run it for several
  --dry-run       show the difference only
  --folder PATH   the folder of the catalogue (default: packages/bedrock-models/src)
  --today DAY     the day to judge by and to write, as YYYY-MM-DD
  --help          show this`,
  },
  notebook: {
    program: 'packages/workshop/src/new-notebook.ts',
    takesFiles: true,
    options: { help: off },
    usage: `Usage: npm run notebook -- NAME

Makes my-notebooks/NAME.ipynb, a notebook of your own that begins with the library at hand.

  --help   show this`,
  },
  pack: {
    program: 'packages/workshop/src/pack.ts',
    takesFiles: true,
    options: { help: off },
    usage: `Usage: npm run pack -- DIR

Writes bedrock-models, local-bedrock and lib into the folder DIR, each as a package that programs elsewhere can
install: npm install DIR/*.tgz

  --help   show this`,
  },
  'copy-history': {
    program: 'packages/workshop/src/copy-history.ts',
    takesFiles: true,
    options: { schema: text, help: off },
    usage: `Usage: npm run history:copy -- FILE ADDRESS [--schema NAME]

Copies the conversations and vectors of a SQLite file into a PostgreSQL database (postgres://user@host/database, or
pglite:FOLDER). It may be interrupted and run again. End the programs that write to the file first.

  --schema NAME   the schema of the database (default: lib)
  --help          show this`,
  },
  chat: {
    program: 'packages/workshop/src/chat.ts',
    takesFiles: false,
    options: { local: off, ...model, 'no-browser': off, port: text, file: text, behind: text, help: off },
    usage: `Usage: npm run chat -- [--local | --model [X]] [--no-browser] [--port N] [--file PATH] [--behind ADDRESS]

Serves a chat page on this machine only.

  --local        use the local Bedrock endpoint: no AWS account, no cost
  --model [X]    the same with a language model's words: as npm start -- --help says
  --model-name N, --embedding-model X   the same
  --no-browser   print the address and open nothing
  --port N       listen on this port (default: a free one)
  --file PATH    keep conversations in this file (default: chat.db in the project)
  --behind ADDR  the address of JupyterLab in the browser, when it runs on a machine that the browser reaches only
                 through JupyterLab, as in SageMaker Studio`,
  },
};

/** @typedef {keyof typeof commands} CommandName */
/**
 * The values of a command's options: true or false where it takes none, else what was given, if it was.
 *
 * @template {CommandName} N
 * @typedef {{ readonly [K in keyof (typeof commands)[N]['options']]:
 *   (typeof commands)[N]['options'][K] extends { type: 'boolean' } ? boolean
 *   : (typeof commands)[N]['options'][K] extends { multiple: true } ? readonly string[] | undefined
 *   : string | undefined }} Values
 */
