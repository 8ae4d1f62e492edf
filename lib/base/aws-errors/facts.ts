/** What the AWS SDK's error says of itself. */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly status: number | undefined;
  /** What came in the place of an answer; absent: an answer of Bedrock, or none at all. */
  readonly unreadable?: Unreadable;
}

/** An HTTP answer that is none of Bedrock's, or not a whole one. */
export interface Unreadable {
  /** `foreign`: somebody else has answered. `damaged`: it may be Bedrock's. `silent`: it says nothing. */
  readonly kind: 'foreign' | 'damaged' | 'silent';
  /** Who says that it was them: the headers `server` and `via`. */
  readonly sender: string | undefined;
}

export function factsOf(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), code: '', status: undefined };
  }
  const details = error as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };
  const status = details.$metadata?.httpStatusCode;
  const read = unreadableAnswer(error, status);
  return {
    name: error.name,
    message: read?.message ?? messageOf(error),
    code: typeof details.code === 'string' ? details.code : '',
    status,
    ...(read && { unreadable: read.unreadable }),
  };
}

interface HttpAnswer {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the SDK could make nothing of, and what can be said of it: never the parser's complaint. */
function unreadableAnswer(
  error: Error,
  status: number | undefined,
): { readonly message: string; readonly unreadable: Unreadable } | undefined {
  const isSilent = error.message === 'UnknownError' || error.message === '';
  const isParser = /deserialization error/i.test(error.message);
  if (!isParser && !(isSilent && status !== undefined)) return undefined;
  const { body, headers } = (error as { $response?: HttpAnswer }).$response ?? {};
  // Of a body that the SDK has read the parser quotes the beginning.
  const quoted = /token .*?, "(.*?)"(?:\.\.\.)? is not/s.exec(error.message)?.[1];
  return tellUnreadable(typeof body === 'string' ? body : quoted, headers, status, isSilent);
}

/** What is said of it: its status, what it looks like, and who may have sent it. Pure. */
function tellUnreadable(
  body: string | undefined,
  headers: Readonly<Record<string, string>> = {},
  status: number | undefined,
  isSilent: boolean,
): { readonly message: string; readonly unreadable: Unreadable } {
  const header = (name: string) =>
    Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1] || undefined;
  const sender = header('server') ?? header('via');
  const { look, kind } = isSilent
    ? { look: 'no reason', kind: 'silent' as const }
    : lookOf(body, header('content-type') ?? '');
  const from = sender === undefined ? '' : `, from ${sender.slice(0, 60)}`;
  const answer = status === undefined ? 'An answer' : `HTTP ${status}`;
  return { message: `${answer} came with ${look}${from}`, unreadable: { kind, sender } };
}

function lookOf(body = '', type: string): { look: string; kind: Unreadable['kind'] } {
  const text = body.trim();
  if (/event-?stream/.test(type)) return { look: 'a stream that is damaged', kind: 'damaged' };
  if (/html/.test(type) || /^<(!doctype|html)/i.test(text)) {
    const title = /<title[^>]*>([^<]*)</i.exec(text)?.[1]?.trim() ?? '';
    const name = title === '' ? '' : ` (${JSON.stringify(title.slice(0, 80))})`;
    return { look: `a web page${name} in the place of Bedrock's answer`, kind: 'foreign' };
  }
  const isJson = /json/.test(type) || (type === '' && /^([[{]|$)/.test(text));
  if (isJson) return { look: 'an answer that is empty, breaks off or is damaged', kind: 'damaged' };
  // Bytes that are no text say nothing to a person.
  const isText = text !== '' && !/[\p{Cc}\ufffd]/u.test(text.slice(0, 80).replaceAll(/\s/g, ' '));
  const beginning = isText ? `: ${JSON.stringify(text.slice(0, 80))}` : '';
  return { look: `something else than Bedrock's answer${beginning}`, kind: 'foreign' };
}

/**
 * What the SDK could not read, or was not asked to: InvokeModel's body is read here. Made into a `LibError` it says
 * what came. Pure.
 */
export function unreadableBody(
  body: string,
  headers: Readonly<Record<string, string>>,
  status: number,
): Error {
  return Object.assign(new Error('Deserialization error'), {
    $response: { body, headers },
    $metadata: { httpStatusCode: status, ...requestIdOf(headers) },
  });
}

function requestIdOf(headers: Readonly<Record<string, string>>) {
  const requestId = headers['x-amzn-requestid'];
  return requestId === undefined ? {} : { requestId };
}

/** A host with two addresses, such as localhost, fails with both failures inside and no message of its own. */
function messageOf(error: Error): string {
  if (error.message !== '' || !(error instanceof AggregateError)) return unwrap(error.message);
  return error.errors.map((inner: unknown) => (inner instanceof Error ? inner.message : inner)).join('; ');
}

/** In a stream, an exception that the SDK has no class for comes with its JSON as the message. */
function unwrap(message: string): string {
  if (!message.startsWith('{')) return message;
  try {
    const body = JSON.parse(message) as { message?: unknown; Message?: unknown };
    const inner = body.message ?? body.Message;
    return typeof inner === 'string' ? inner : message;
  } catch {
    return message;
  }
}
