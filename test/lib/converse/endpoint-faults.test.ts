import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { Conversation, createClient, type ErrorKind } from 'lib';
import { afterEach, describe, expect, it } from 'vitest';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';
import { transports } from '../../scripted-endpoint.ts';
import { failureOf, modelId } from './scripted-conversation.ts';

const endpoint = useLocalBedrock('lab');
afterEach(() => endpoint().clearFaults());

const question = 'Write three sentences about the sea, please.';

/** What goes wrong with a whole answer, and what it is called then. */
const callFaults: readonly (readonly [string, ErrorKind])[] = [
  ['ThrottlingException', 'throttled'],
  ['ModelNotReadyException', 'throttled'],
  ['ServiceUnavailableException', 'overloaded'],
  ['InternalServerException', 'overloaded'],
  ['overloaded_error', 'overloaded'],
  ['ModelTimeoutException', 'timeout'],
  ['ModelErrorException', 'model'],
  ['ValidationException', 'too-long'],
  ['ServiceQuotaExceededException', 'quota'],
  ['AccessDeniedException', 'access-denied'],
  ['cut', 'network'],
  ['empty', 'response'],
  ['html', 'overloaded'],
];

/** What goes wrong in the middle of a streamed answer. */
const streamFaults: readonly (readonly [string, ErrorKind])[] = [
  ['ThrottlingException:after=3', 'throttled'],
  ['ServiceUnavailableException:after=3', 'overloaded'],
  ['InternalServerException:after=3', 'overloaded'],
  ['ModelStreamErrorException:after=3', 'model'],
  ['ModelTimeoutException:after=3', 'timeout'],
  ['ValidationException:after=3', 'too-long'],
  ['error-frame:after=3', 'overloaded'],
  ['cut:after=3', 'stream-cut'],
  ['cut-inside:after=3', 'stream-cut'],
  ['bad-checksum:after=3', 'stream-cut'],
  ['no-message-stop', 'stream-cut'],
  ['stall:after=3', 'timeout'],
];

describe.each(transports)('Conversation against the endpoint over %s', (transport) => {
  function conversationWith(maxAttempts: number, idleTimeoutMs = 10_000) {
    const config = clientFor(endpoint().url);
    const client = transport === 'HTTP/1.1' ? createClient(config) : new BedrockRuntimeClient(config);
    return new Conversation({ client, modelId, maxAttempts, idleTimeoutMs, random: () => 0 });
  }

  it.each(callFaults)('send: %s is an error of kind %s', async (fault, kind) => {
    const conversation = conversationWith(1);
    endpoint().fault(fault);
    const error = await failureOf(conversation.send(question));
    // On HTTP/2 the SDK calls a connection that ends without an answer a time-out.
    expect([kind, ...(fault === 'cut' ? ['timeout'] : [])]).toContain(error.kind);
    expect(error.attempts ?? 1).toBe(1);
    expect(conversation.messages).toEqual([]);
    expect((await conversation.send(question)).stopReason).toBe('end_turn');
  });

  it.each(streamFaults)('stream: %s is an error of kind %s', async (fault, kind) => {
    const conversation = conversationWith(3, fault.startsWith('stall') ? 1_000 : undefined);
    endpoint().fault(fault);
    const error = await failureOf(conversation.stream(question).result);
    expect(error).toMatchObject({ kind, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(error.partialText?.length).toBeGreaterThan(0);
    expect(conversation.messages).toEqual([]);
    expect((await conversation.stream(question).result).stopReason).toBe('end_turn');
  });

  it('stream: does not wait for ever for an answer that does not begin', async () => {
    const conversation = conversationWith(3, 1_000);
    endpoint().fault('stall');
    const stopped = AbortSignal.timeout(30_000);
    const error = await failureOf(conversation.stream(question, { signal: stopped }).result);
    expect(error).toMatchObject({ kind: 'timeout', attempts: 1 });
    expect(error.hint).toContain('idleTimeoutMs');
    expect((await conversation.stream(question).result).stopReason).toBe('end_turn');
  });

  it.each(['ThrottlingException:after=1', 'ServiceUnavailableException:after=0', 'cut:after=1', 'cut'])(
    'stream: %s comes before the first token, and is called again',
    async (fault) => {
      const conversation = conversationWith(2);
      endpoint().fault(fault);
      expect(await conversation.stream(question).result).toMatchObject({ attempts: 2 });
    },
  );
});
