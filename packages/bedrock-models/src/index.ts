/** What is known of the models on Amazon Bedrock. Facts and pure functions: nothing here reads a file or a network. */
export * from './catalogue.ts';
export * from './cost.ts';
export * from './find.ts';
export * from './limits.ts';
export * from './model.ts';
export * from './nearest.ts';
export * from './price.ts';
export * from './profile.ts';
export * from './takes.ts';
