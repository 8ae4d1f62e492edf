/** The endpoint under the name that notebooks and readers know. It is the package `local-bedrock`, an optional peer. */
export * from 'local-bedrock';
