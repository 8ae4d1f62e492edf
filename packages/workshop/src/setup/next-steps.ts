import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { shortPath } from './short-path.mjs';

/** Where the learner will open the notebooks: Studio, a JupyterLab that is running, or one that `npm start` starts. */
export type Home = 'studio' | 'running' | 'stopped';

const kernelStep = `The kernel is named at the top right of the notebook. Click on it to choose:
     TypeScript (Bedrock)         calls Amazon Bedrock; tokens are billed
     TypeScript (local Bedrock)   calls nothing outside this machine; free`;

/** What to do after the set-up, as numbered steps that name what to click. */
export function nextSteps(home: Home, projectRoot: string, env: NodeJS.ProcessEnv): string {
  if (home === 'stopped') {
    return 'Ready: npm start.\n\nIn VS Code, or another JupyterLab of yours, reload the window and choose one of the kernels.';
  }
  return `Ready. What to do next:
  1. Reload JupyterLab's page in the browser: it offers both kernels from then on.
  2. In the file browser on the left, open ${shownPath(home, projectRoot, env)}.
  3. ${kernelStep}`;
}

/** As the file browser shows it: Studio's begins at the home folder. */
function shownPath(home: Home, projectRoot: string, env: NodeJS.ProcessEnv): string {
  const notebook = join(projectRoot, 'notebooks', '001.ipynb');
  const path = relative(env.HOME ?? homedir(), notebook);
  return home === 'studio' && !path.startsWith('..') ? path : shortPath(notebook);
}
