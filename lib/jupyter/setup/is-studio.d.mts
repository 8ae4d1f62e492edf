/** Whether this runs in SageMaker Studio, which brings its own JupyterLab and AWS role. */
export function isStudio(env: NodeJS.ProcessEnv, metadataFile?: string): boolean;
