/** Where AWS says what its own machines run. */
export const metadataFile: string;
/** Whether this runs in SageMaker Studio, which brings its own JupyterLab and AWS role. */
export function isStudio(env: NodeJS.ProcessEnv, metadataFile?: string): boolean;
