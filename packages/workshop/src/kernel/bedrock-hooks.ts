import { join } from 'node:path';
import type { LibError } from 'lib';
import type { ErrorDescription, KernelHooks, SourcePackage } from 'typescript-kernel';
import { adviseOnMoved } from './moved-names.ts';

/** What cells import as sources. */
export const cellPackages: readonly SourcePackage[] = [
  { name: 'lib', folder: 'lib' },
  { name: 'bedrock-models', folder: 'packages/bedrock-models' },
  { name: 'local-bedrock', folder: 'packages/local-bedrock' },
];

/** What errors mean, by their kind, and what the kernel says itself. */
const helpPage = 'docs/troubleshooting.md';

/** What both kernels have: the packages that cells import, and the words of their errors. */
export function bedrockHooks(prepare: KernelHooks['prepare'] & object): KernelHooks {
  return {
    projectRoot: join(import.meta.dirname, '..', '..', '..', '..'),
    packages: cellPackages,
    imports: ['@aws-sdk/client-bedrock-runtime'],
    prepare: async (env) => {
      env.LIB_HELP_PAGE = helpPage;
      await prepare(env);
    },
    helpPage,
    describeError,
    adviseOnMessage: adviseOnMoved,
  };
}

/** What `isLibError` looks for. It is not imported: the kernel would wait for it at its start. */
const libError = Symbol.for('lib.LibError');

/** AWS's name, the next step, the request to quote, and where to read more. */
export function describeError(error: object): ErrorDescription | undefined {
  const { $metadata } = error as { $metadata?: { requestId?: string } };
  const isLibError = libError in error;
  if (!isLibError && $metadata?.requestId === undefined) return undefined;
  const { awsName, hint, kind, requestId = $metadata?.requestId } = error as Partial<LibError>;
  return {
    ...(isLibError && awsName !== undefined && { name: awsName }),
    lines: [
      ...(isLibError ? [`next step: ${hint}`] : []),
      ...(requestId ? [`request id: ${requestId}`] : []),
      ...(isLibError ? [`more: ${helpPage}#${kind}`] : []),
    ],
    explainsCause: isLibError && kind !== 'unknown',
  };
}
