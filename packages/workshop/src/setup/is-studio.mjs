import { readFileSync } from 'node:fs';

/** Where AWS says what its own machines run. */
export const metadataFile = '/opt/ml/metadata/resource-metadata.json';

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
    return Boolean(JSON.parse(readFileSync(file, 'utf8')).AppType);
  } catch {
    return false;
  }
}
