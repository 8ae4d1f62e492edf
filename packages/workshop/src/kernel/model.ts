import { bedrockHooks } from './bedrock-hooks.ts';

/** The kernel "TypeScript (local model)": the local endpoint with a language model's words. */
export default bedrockHooks(async (env) => {
  const [{ localEnvironment }, { chosenModel }] = await Promise.all([
    import('./local-environment.ts'),
    import('../model/choice.ts'),
  ]);
  const model = chosenModel(env);
  if (model === undefined) {
    throw new Error(
      'No model has been chosen.\nNext step: npm run setup -- --model, then restart the kernel.',
    );
  }
  await localEnvironment(env, model);
});
