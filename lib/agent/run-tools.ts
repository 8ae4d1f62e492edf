import type { ToolUseBlock } from '@aws-sdk/client-bedrock-runtime';
import type { Message } from '../base/message.ts';
import type { Reply } from '../converse/reply.ts';
import type { Session } from '../converse/session.ts';
import { callTool, type ReadyTool } from './call-tool.ts';
import { type Check, firstObjection } from './guard.ts';
import { failed, resultMessage, type ToolOutcome } from './tool-outcome.ts';

/** What a model's calls are run with. */
export interface ToolRun {
  readonly tools: ReadonlyMap<string, ReadyTool>;
  readonly session: Session;
  readonly checks?: readonly Check[];
  readonly signal: AbortSignal;
  /** Why none of them is to be run, as a sentence. */
  readonly notRun?: string;
}

/** The calls of an answer that the program is to run. Pure. */
export function toolCallsOf({ content }: Message): readonly ToolUseBlock[] {
  return content.flatMap(({ toolUse }) =>
    // A tool of the service has run there already.
    toolUse === undefined || toolUse.type === 'server_tool_use' ? [] : [toolUse],
  );
}

/**
 * The answer with an id of its own for each call, by which its result, and a person's decision, find it: a model may
 * give two calls the same.
 *
 * @param taken the ids of the run's earlier calls; those of the answer are added
 */
export function withOwnIds(reply: Reply, taken: Set<string>): Reply {
  const invalid = new Map(reply.invalidToolInputs.map((input) => [input.toolUseId, input]));
  const content = reply.message.content.map((block) => {
    const { toolUse } = block;
    if (toolUse === undefined || toolUse.type === 'server_tool_use') return block;
    const original = toolUse.toolUseId ?? '';
    let toolUseId = original;
    for (let number = 2; taken.has(toolUseId); number++) toolUseId = `${original}_${number}`;
    taken.add(toolUseId);
    const input = invalid.get(original);
    // Which of two calls with one id it was is not known: none of them may run.
    if (input !== undefined) invalid.set(toolUseId, { ...input, toolUseId });
    return toolUseId === original ? block : { toolUse: { ...toolUse, toolUseId } };
  });
  return { ...reply, message: { ...reply.message, content }, invalidToolInputs: [...invalid.values()] };
}

/**
 * Runs the calls of one answer at the same time. Each result is stored as soon as it is there: after a crash no tool
 * that has run counts as one that has not. The outcomes are in the order of the calls.
 *
 * @throws the signal's reason when it aborts; LibError of kind `conflict` or `file` when a result cannot be stored
 */
export async function runTools(
  { message, invalidToolInputs }: Reply,
  { tools, session, checks, signal, notRun }: ToolRun,
): Promise<readonly ToolOutcome[]> {
  const invalid = new Map(invalidToolInputs.map(({ toolUseId, json }) => [toolUseId, json]));
  // The log takes one entry at a time.
  let storing: Promise<void> = Promise.resolve();
  const run = async (call: ToolUseBlock): Promise<ToolOutcome> => {
    const outcome =
      notRun === undefined
        ? await checkResult(
            await callTool(tools, call, signal, invalid.get(call.toolUseId ?? '')),
            call,
            checks,
          )
        : failed(call, 'not-run', `The tool was not run: ${notRun}`);
    storing = storing.then(() => session.append({ messages: [resultMessage(outcome)], open: true }));
    await storing;
    return outcome;
  };
  const outcomes = await Promise.allSettled(toolCallsOf(message).map(run));
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

async function checkResult(
  outcome: ToolOutcome,
  call: ToolUseBlock,
  checks: readonly Check[] | undefined,
): Promise<ToolOutcome> {
  const objection = await firstObjection(checks, outcome.text);
  if (objection === undefined) return outcome;
  return failed(call, 'withheld', `The result was kept back (${objection.check}): ${objection.reason}`);
}
