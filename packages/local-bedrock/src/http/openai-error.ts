import type { Refusal } from './refusal.ts';
import { jsonReply, type Reply } from './reply.ts';

/** An error in OpenAI's form: its client looks for `error`. */
export function openAiError({
  code,
  message,
  status,
  param = null,
}: {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  /** The member of the request that is wrong. */
  readonly param?: string | null;
}): object {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return { error: { message, type, param, code } };
}

/** One server-sent event. */
export function sentEvent(data: string): Uint8Array {
  return Buffer.from(`data: ${data}\n\n`);
}

/** An error in the middle of a stream. */
export function errorEvent(error: Parameters<typeof openAiError>[0]): Uint8Array {
  return sentEvent(JSON.stringify(openAiError(error)));
}

/** A refusal as OpenAI's form has it; of the members beside the message, `param` alone. */
export function errorOfRefusal({ status, errorName, message, members }: Refusal) {
  const { param } = members;
  return { code: errorName, message, status, ...(typeof param === 'string' && { param }) };
}

export function openAiRefusal(refusal: Refusal): Reply {
  return { ...jsonReply(openAiError(errorOfRefusal(refusal)), refusal.headers), status: refusal.status };
}

/** Whether a path is below OpenAI's, whatever stands there. */
export function isOpenAiPath(url: string): boolean {
  return /^[^?]*\/openai\/v1\//.test(url);
}
