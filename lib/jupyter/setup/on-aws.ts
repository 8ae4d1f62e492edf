import { cpSync, existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Whether this runs in SageMaker Studio, which brings its own JupyterLab and AWS role. */
export function isStudio(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.SAGEMAKER_APP_TYPE ?? env.SAGEMAKER_APP_TYPE_LOWERCASE ?? env.SAGEMAKER_SPACE_NAME);
}

/** Whether this is a machine of AWS's, where asking the instance for credentials is quick. */
export function isOnAws(env: NodeJS.ProcessEnv): boolean {
  return isStudio(env) || existsSync('/opt/ml/metadata/resource-metadata.json') || isEc2();
}

/**
 * Copies the kernels to where every Jupyter of this user finds them, so that a JupyterLab that runs already offers
 * them after its page is refreshed.
 *
 * @returns the folder they are in
 */
export function installKernelsForUser(jupyterPath: string, env: NodeJS.ProcessEnv): string {
  const folder = join(userDataFolder(env), 'kernels');
  cpSync(join(jupyterPath, 'kernels'), folder, { recursive: true });
  return folder;
}

/** The folder that `jupyter --data-dir` prints. */
function userDataFolder(env: NodeJS.ProcessEnv): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  const home = env.HOME ?? homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(env.APPDATA ?? home, 'jupyter');
  return join(env.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'jupyter');
}

function isEc2(): boolean {
  return /^i-/.test(boardTag());
}

function boardTag(): string {
  try {
    return readFileSync('/sys/devices/virtual/dmi/id/board_asset_tag', 'utf8');
  } catch {
    return '';
  }
}
