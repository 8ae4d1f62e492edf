/** Which models may be called from here, and what to do about those that may not; for commands such as `npm run doctor`. */
export { type ErrorContext, toLibError } from '../base/aws-errors.ts';
export { describeError, isLibError } from '../base/errors.ts';
export { createClient } from '../call/client.ts';
export { askBedrock, listModels, listProfiles, type ModelAnswer } from '../models/ask-bedrock.ts';
export type { ControlPlane } from '../models/control-plane.ts';
export { type AccessOptions, checkAccess, type ModelAccess } from './check-access.ts';
export type { Finding, FindingState } from './finding.ts';
export { probeCost } from './probe.ts';
