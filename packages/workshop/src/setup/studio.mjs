/** SageMaker Studio, and other machines of AWS's. */
import { existsSync } from 'node:fs';
import { readText } from './disk.mjs';

/** Where AWS says what its own machines run. */
const metadataFile = '/opt/ml/metadata/resource-metadata.json';

/**
 * Whether this runs in SageMaker Studio, which brings its own JupyterLab and AWS role. A terminal has these variables
 * from the server that opened it; a script that runs when the space starts may have only the file.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [file]
 */
export function isStudio(env, file = metadataFile) {
  if (env.SAGEMAKER_APP_TYPE || env.SAGEMAKER_APP_TYPE_LOWERCASE || env.SAGEMAKER_SPACE_NAME) return true;
  try {
    // A notebook instance, the older kind of machine, has the file without this entry.
    return Boolean(JSON.parse(readText(file) ?? '{}').AppType);
  } catch {
    return false;
  }
}

/**
 * Whether this is a machine of AWS's, where asking the instance for credentials is quick.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export function isOnAws(env) {
  const boardTag = readText('/sys/devices/virtual/dmi/id/board_asset_tag') ?? '';
  return isStudio(env) || existsSync(metadataFile) || boardTag.startsWith('i-');
}
