import { accessRules } from './aws-errors/access-rules.ts';
import { answerRules } from './aws-errors/answer-rules.ts';
import { callRules } from './aws-errors/call-rules.ts';
import { factsOf } from './aws-errors/facts.ts';
import { lengthRules } from './aws-errors/length-rules.ts';
import { modelRules } from './aws-errors/model-rules.ts';
import { networkRules } from './aws-errors/network-rules.ts';
import type { ErrorContext, ErrorRule } from './aws-errors/rule.ts';
import { signInRules } from './aws-errors/sign-in-rules.ts';
import { reasonOf, stoppedError } from './aws-errors/stopped.ts';
import { transcriptRules } from './aws-errors/transcript-rules.ts';
import { isLibError, LibError } from './errors.ts';

export { mayBeMedia } from './aws-errors/length-rules.ts';
export type { ErrorContext } from './aws-errors/rule.ts';

/**
 * The first rule that matches wins. AWS tells several different conditions apart only by their text, so the
 * rules look at the text first and at the name last.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 */
const rules: readonly ErrorRule[] = [
  ...answerRules,
  ...signInRules,
  ...modelRules,
  ...transcriptRules,
  ...lengthRules,
  ...accessRules,
  ...networkRules,
  ...callRules,
];

/** True wherever it is shown: in two lines, and above the original's stack. */
const unknownHint =
  'lib knows no remedy for this. The member `cause` is the original error, as it was thrown.';

/** Turns whatever the AWS SDK threw into a `LibError` with the next step in it. A `LibError` comes back as it is. */
export function toLibError(error: unknown, context: ErrorContext = {}): LibError {
  if (isLibError(error)) return error;
  const facts = factsOf(error);
  const rule = rules.find((candidate) => candidate.matches(facts));
  const ownRequestId = (error as { $metadata?: { requestId?: string } } | null)?.$metadata?.requestId;
  const requestId = ownRequestId ?? context.requestId;
  if (facts.name === 'AbortError')
    return stoppedError(facts.message, reasonOf(error), { ...context, ...(requestId && { requestId }) });
  return new LibError(facts.message, {
    kind: rule?.kind ?? 'unknown',
    hint: rule?.hint(context, facts) ?? unknownHint,
    retryable: rule?.retryable ?? false,
    ...(facts.unreadable === undefined && { awsName: facts.name }),
    ...(facts.status !== undefined && { status: facts.status }),
    ...(requestId !== undefined && { requestId }),
    ...(context.modelId !== undefined && { modelId: context.modelId }),
    ...(context.partialText !== undefined && { partialText: context.partialText }),
    ...(context.attempts !== undefined && { attempts: context.attempts }),
    cause: error,
  });
}
