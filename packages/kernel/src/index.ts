/** What a project needs to start the kernel and to add to it. The kernel itself is `kernel.ts`, in a process of its own. */
export { declarationPaths } from './declarations.ts';
export type { ErrorDescription, KernelHooks, SourcePackage } from './hooks.ts';
export { kernelCommand, kernelEnvironment } from './kernelspec.ts';
export { languageInfo } from './language.ts';
