import { Refusal, refusalReply } from '../refusal.ts';
import type { Reply } from '../reply.ts';
import { ConnectionCut } from './connection-cut.ts';
import { type ExceptionName, exceptions, isExceptionName, statusOf } from './exceptions.ts';
import { type Fault, needsStream } from './fault.ts';
import { withStreamFault } from './stream-fault.ts';
import { untilAborted, wait } from './wait.ts';

/**
 * An answer with the fault in it; `undefined`: there is none to send. `produce` gives the answer without the fault and
 * may throw a `Refusal`, which then is the answer: a call that is refused anyway has no stream to interrupt.
 * Throws `ConnectionCut` where the connection is to end before the answer.
 */
export async function applyFault(
  fault: Fault,
  streaming: boolean,
  produce: () => Promise<Reply>,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  if (needsStream(fault) || (streaming && fault.kind === 'cut-inside')) {
    const reply = await produce();
    if (typeof reply.body === 'string') return reply;
    return { ...reply, body: withStreamFault(reply.body, fault, signal) };
  }
  if (isExceptionName(fault.kind)) return exceptionReply(fault, fault.kind);
  switch (fault.kind) {
    case 'stall':
      await untilAborted(signal);
      return undefined;
    case 'cut':
      throw new ConnectionCut();
    case 'empty':
      return { status: 200, headers: { 'Content-Type': contentType(streaming) }, body: '' };
    case 'html':
      return { status: 502, headers: { 'Content-Type': 'text/html' }, body: proxyPage };
    case 'cut-inside':
      return halfOf(await produce());
    case 'slow-start':
      await wait(fault.milliseconds ?? 1_000, signal);
      return await produce();
    default:
      return await produce();
  }
}

const proxyPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n';

function contentType(streaming: boolean): string {
  return streaming ? 'application/vnd.amazon.eventstream' : 'application/json';
}

function exceptionReply(fault: Fault, name: ExceptionName): Reply {
  const { members, retryAfter } = fault;
  const message = fault.message ?? exceptions[name].text;
  const headers: Record<string, string> =
    retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  if (name !== 'overloaded_error') return refusalReply(new Refusal(name, message, { members, headers }));
  return {
    status: statusOf(name),
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({ message }),
  };
}

/** The first half of a body whose length was announced whole. */
function halfOf(reply: Reply): Reply {
  const { body } = reply;
  if (typeof body !== 'string') return reply;
  const bytes = Buffer.from(body);
  async function* half() {
    yield bytes.subarray(0, Math.ceil(bytes.length / 2));
    throw new ConnectionCut();
  }
  return { ...reply, headers: { ...reply.headers, 'Content-Length': String(bytes.length) }, body: half() };
}
