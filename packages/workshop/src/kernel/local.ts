import { bedrockHooks } from './bedrock-hooks.ts';

/** The kernel "TypeScript (local Bedrock)": its own endpoint, in the same process. */
export default bedrockHooks(async (env) => {
  const { localEnvironment } = await import('./local-environment.ts');
  await localEnvironment(env);
});
