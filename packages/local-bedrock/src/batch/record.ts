import { invalid, Refusal } from '../http/refusal.ts';
import type { Reply } from '../http/reply.ts';
import { converse } from '../operations/converse.ts';
import { invokeModel } from '../operations/invoke-model.ts';
import { isObject } from '../shapes/body-schema.ts';
import { parseJson } from '../shapes/deserialize.ts';
import type { Job } from './job.ts';

/** One line of a job's input. */
export interface InputRecord {
  readonly recordId?: string;
  readonly modelInput: Readonly<Record<string, unknown>>;
}

/** Reads a line; `undefined` when it is no record. Whether the model takes its input is not looked at. Pure. */
export function readRecord(line: string): InputRecord | undefined {
  let value: unknown;
  try {
    value = parseJson(Buffer.from(line));
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isObject(value.modelInput)) return undefined;
  const { recordId, modelInput } = value;
  if (recordId === undefined) return { modelInput };
  return typeof recordId === 'string' ? { recordId, modelInput } : undefined;
}

/** What came of a record: the answer's body, or how it was refused. */
export interface RecordResult {
  readonly outcome: { readonly modelOutput: unknown } | { readonly error: object };
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const none = { inputTokens: 0, outputTokens: 0 };

/** Answers a record as InvokeModel or Converse would; never rejects for what the record or the model does. */
export async function answerRecord(
  { definition: { modelId, modelInvocationType }, service }: Job,
  { modelInput }: InputRecord,
  signal: AbortSignal,
): Promise<RecordResult> {
  const isConverse = modelInvocationType === 'Converse';
  const operation = isConverse ? converse : invokeModel;
  const body = Buffer.from(JSON.stringify(modelInput));
  const request = {
    label: modelId,
    query: new URLSearchParams(),
    headers: {},
    body,
    signal,
    startedAt: performance.now(),
  };
  try {
    if (isConverse && (modelInput.toolConfig ?? null) !== null) {
      // By the user guide ("Process multiple prompts with batch inference"). Text not seen.
      throw invalid(
        "The Converse invocation type of batch inference doesn't support tool calling. Remove toolConfig.",
      );
    }
    const reply = await operation.run(request, service);
    const modelOutput: unknown = JSON.parse(String(reply.body));
    return { outcome: { modelOutput }, ...tokensOf(reply, modelOutput) };
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500;
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: { error: { errorCode: status, errorMessage: message } }, ...none };
  }
}

/** Converse tells the tokens in its body, InvokeModel in its headers. */
function tokensOf({ headers }: Reply, output: unknown): Pick<RecordResult, 'inputTokens' | 'outputTokens'> {
  const usage = isObject(output) && isObject(output.usage) ? output.usage : {};
  const read = (header: string, member: string) => Number(headers[header] ?? usage[member] ?? 0);
  return {
    inputTokens: read('X-Amzn-Bedrock-Input-Token-Count', 'inputTokens'),
    outputTokens: read('X-Amzn-Bedrock-Output-Token-Count', 'outputTokens'),
  };
}
