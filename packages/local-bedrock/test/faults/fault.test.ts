import { describe, expect, it } from 'vitest';
import fc from '../../../../test/properties.ts';
import { exceptions } from '../../src/faults/exceptions.ts';
import { faultNames, mishaps } from '../../src/faults/fault.ts';
import { faultHelp, parseFault } from '../../src/faults/parse-fault.ts';
import { createFaultQueue } from '../../src/faults/queue.ts';

describe('the grammar', () => {
  it('reads a kind alone', () => {
    expect(parseFault(' stall ')).toEqual({ fault: { spec: 'stall', kind: 'stall', members: {} } });
  });

  it('reads keys, and which requests are meant', () => {
    expect(
      parseFault(
        'ModelErrorException:retry-after=2,originalStatusCode=503,times=3,operation=Converse,model=a.b-v1:0',
      ),
    ).toEqual({
      fault: expect.objectContaining({
        kind: 'ModelErrorException',
        retryAfter: 2,
        members: { originalStatusCode: 503, resourceName: 'model' },
      }),
      times: 3,
      operation: 'Converse',
      modelId: 'a.b-v1:0',
    });
  });

  it('gives the rest to a message, with its commas and equal signs', () => {
    expect(parseFault('ThrottlingException:after=2,message=wait, x=y: please').fault).toMatchObject({
      after: 2,
      message: 'wait, x=y: please',
    });
  });

  it.each([
    ['', 'There is no fault "". There are: ThrottlingException'],
    ['throttle', 'There is no fault "throttle".'],
    ['toString', 'There is no fault "toString".'],
    ['cut:behind=1', '"behind" is not something cut takes. It takes: after, times, operation, model.'],
    ['html:after=1', '"after" is not something html takes.'],
    ['AccessDeniedException:after=1', '"after" is not something AccessDeniedException takes.'],
    ['cut:after', 'after= is not a whole number'],
    ['cut:after=-1', 'after=-1 is not a whole number from 0 to 100000.'],
    ['cut:after=1.5', 'after=1.5 is not a whole number'],
    ['slow:ms=600001', 'ms=600001 is not a whole number from 1 to 600000.'],
    ['cut:times=0', 'times=0 is not a whole number from 1'],
    [`ThrottlingException:message=${'x'.repeat(2_000)}`, 'at most 2000 characters'],
  ])('says what is wrong with %j', (spec, text) => {
    expect(() => parseFault(spec)).toThrow(text);
  });

  it('either reads a text or says in one line what is wrong', () => {
    const part = fc.constantFrom(...faultNames, 'after=', 'ms=', 'message=', '1', ':', ',', '=', 'x', '\n');
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join('')),
        (spec) => {
          try {
            expect(faultNames).toContain(parseFault(spec).fault.kind);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            expect((error as Error).message).toMatch(
              /There is no fault|is not something|is not a whole number/,
            );
          }
        },
      ),
    );
  });

  it('lists every fault in its help', () => {
    for (const name of [...Object.keys(exceptions), ...Object.keys(mishaps)]) {
      expect(faultHelp()).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
  });
});

describe('the queue', () => {
  it('gives each fault as often as it was asked for, the oldest first', () => {
    const queue = createFaultQueue();
    queue.add({ ...parseFault('html'), times: 2 });
    queue.add(parseFault('empty'));
    const taken = Array.from({ length: 4 }, () => queue.take('Converse', 'a.b')?.kind);
    expect(taken).toEqual(['html', 'html', 'empty', undefined]);
  });

  it('keeps a fault for the operation and the model it is meant for', () => {
    const queue = createFaultQueue();
    queue.add(parseFault('html:operation=Converse,model=amazon.nova-micro-v1:0'));
    expect(queue.take('InvokeModel', 'amazon.nova-micro-v1:0')).toBeUndefined();
    expect(queue.take('Converse', 'amazon.nova-lite-v1:0')).toBeUndefined();
    expect(queue.take('Converse', 'us.amazon.nova-micro-v1:0')?.kind).toBe('html');
  });

  it('lets a fault of a stream wait for a stream', () => {
    const queue = createFaultQueue();
    queue.add(parseFault('ThrottlingException:after=1'));
    expect(queue.take('Converse', 'a.b')).toBeUndefined();
    expect(queue.take('ConverseStream', 'a.b')?.after).toBe(1);
  });

  it('lists what waits, and forgets it', () => {
    const queue = createFaultQueue();
    queue.add({ ...parseFault('html'), times: Number.POSITIVE_INFINITY });
    queue.add(parseFault('empty:times=2,operation=Converse'));
    queue.take('InvokeModel', 'a.b');
    expect(queue.list()).toEqual([
      { fault: 'html', times: null },
      { fault: 'empty:times=2,operation=Converse', times: 2, operation: 'Converse' },
    ]);
    queue.clear();
    expect(queue.list()).toEqual([]);
    expect(queue.take('Converse', 'a.b')).toBeUndefined();
  });

  it('is bounded', () => {
    const queue = createFaultQueue();
    for (let count = 0; count < 1_000; count += 1) queue.add(parseFault('html'));
    expect(() => queue.add(parseFault('html'))).toThrow('1000 faults wait already. Clear them first.');
  });
});
