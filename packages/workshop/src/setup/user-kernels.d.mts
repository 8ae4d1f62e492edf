/** Which copy of the project the kernels of this user belong to. */
export type KernelsOwner =
  | { readonly state: 'none' | 'own' }
  | { readonly state: 'gone' | 'another'; readonly checkout: string };

export const userKernelNames: readonly string[];

/** The folder that `jupyter --data-dir` prints. */
export function userDataFolder(env: NodeJS.ProcessEnv): string;

/** Where every Jupyter of this user looks for the kernel of this name. */
export function userKernelFile(env: NodeJS.ProcessEnv, name: string): string;

export function ownerOfUserKernels(projectRoot: string, env: NodeJS.ProcessEnv): KernelsOwner;

/** Removes the kernels, but none of another copy of the project which is there. Returns the folders removed. */
export function removeUserKernels(projectRoot: string, env: NodeJS.ProcessEnv): string[];
