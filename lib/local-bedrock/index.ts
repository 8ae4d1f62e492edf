export type { Era } from './service.ts';
export { type LocalBedrock, type LocalBedrockOptions, startLocalBedrock } from './start.ts';
