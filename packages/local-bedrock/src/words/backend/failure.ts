import { invalid, Refusal } from '../../http/refusal.ts';

/** How much of what a server sent is quoted in an error. In characters. */
const quoted = 300;

/**
 * What a call says whose backend failed: AWS's ModelErrorException (424), which becomes a modelStreamErrorException
 * once a stream has begun. The text is the endpoint's own; the members are AWS's.
 *
 * @param details.status the HTTP status that the backend answered with, if it answered
 */
export function backendFailure(what: string, details: { status?: number; cause?: unknown } = {}): Refusal {
  const { status, cause } = details;
  return new Refusal('ModelErrorException', what, {
    ...(status !== undefined && { members: { originalStatusCode: status } }),
    ...(cause !== undefined && { cause }),
  });
}

/**
 * What Bedrock itself says in the place of a server that is too busy (429), or whose model takes no prompt of this
 * length: the codes of OpenAI, vLLM and llama.cpp. Undefined for other failures. Pure.
 */
export function refusalOf(status: number, body: string): Refusal | undefined {
  if (status === 429) {
    return new Refusal('ThrottlingException', 'Too many requests, please wait before trying again.');
  }
  const isTooLong = /context_length_exceeded|exceed_context_size_error|maximum context length/.test(body);
  return status === 400 && isTooLong ? invalid('Input is too long for requested model.') : undefined;
}

/** What a server sent, short enough for an error: one line without HTML tags. Pure. */
export function excerpt(text: string): string {
  const line = text
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]{0,200}>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (line === '') return 'nothing';
  return line.length <= quoted ? `"${line}"` : `"${line.slice(0, quoted)} …"`;
}

/** Why a request did not reach a server, or did not come back, in words. Pure. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ECONNREFUSED') return 'nothing listens there. Start the server, or correct the URL';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its host name is not known. Correct the URL';
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return 'it was silent for too long';
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET') return 'it closed the connection';
  if (cause instanceof Error && cause.message === 'bad port')
    return 'fetch does not use its port. Choose another';
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
