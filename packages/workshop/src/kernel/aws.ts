import { bedrockHooks } from './bedrock-hooks.ts';

/** The kernel "TypeScript (Bedrock)": cells call AWS, with the region as `createClient` chooses it. */
export default bedrockHooks(async (env) => {
  // Settings of the local kernels, which would make the cells believe that they are on one.
  delete env.LOCAL_BEDROCK_ERA;
  delete env.LOCAL_BEDROCK_WORDS;
  const { exportRegion } = await import('lib/region');
  await exportRegion(env);
});
