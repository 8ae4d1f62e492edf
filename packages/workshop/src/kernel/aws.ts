import { bedrockHooks } from './bedrock-hooks.ts';

/** The kernel "TypeScript (Bedrock)": cells call AWS, with the region as `createClient` chooses it. */
export default bedrockHooks(async (env) => {
  // A setting of the local kernel's, which would make the cells believe that they are on it.
  delete env.LOCAL_BEDROCK_ERA;
  const { exportRegion } = await import('lib/region');
  await exportRegion(env);
});
