import { splitModelId } from 'bedrock-models';
import { type Fault, type FaultOrder, type StreamForm, suits } from './fault.ts';

/** The faults that wait for a request, oldest first. */
export interface FaultQueue {
  /** Adds a fault for the next `times` matching requests (default 1; `Infinity`: until cleared). */
  add(order: FaultOrder): void;
  /** The fault for this request, if one waits for it; counts it as used. */
  take(operation: string, modelId: string, form?: StreamForm): Fault | undefined;
  /** What waits, with how often it still applies; `null` stands for "until cleared". */
  list(): readonly WaitingFault[];
  clear(): void;
}

interface WaitingFault {
  readonly fault: string;
  readonly times: number | null;
  readonly operation?: string;
  readonly modelId?: string;
}

/** The most faults that may wait at once. */
const longestQueue = 1_000;

export function createFaultQueue(): FaultQueue {
  const waiting: { order: FaultOrder; left: number }[] = [];
  return {
    add(order) {
      if (waiting.length >= longestQueue) {
        throw new Error(`${longestQueue} faults wait already. Clear them first.`);
      }
      waiting.push({ order, left: order.times ?? 1 });
    },
    take(operation, modelId, form = streamFormOf(operation)) {
      const index = waiting.findIndex(({ order }) => matches(order, operation, modelId, form));
      const found = waiting[index];
      if (found === undefined) return undefined;
      found.left -= 1;
      if (found.left === 0) waiting.splice(index, 1);
      return found.order.fault;
    },
    list() {
      return waiting.map(({ order: { fault, operation, modelId }, left }) => ({
        fault: fault.spec,
        times: Number.isFinite(left) ? left : null,
        ...(operation !== undefined && { operation }),
        ...(modelId !== undefined && { modelId }),
      }));
    },
    clear() {
      waiting.length = 0;
    },
  };
}

/** How an operation of AWS's own streams; `undefined`: it answers whole. */
export function streamFormOf(operation: string): StreamForm | undefined {
  return operation.endsWith('Stream') ? 'frames' : undefined;
}

function matches(
  order: FaultOrder,
  operation: string,
  modelId: string,
  form: StreamForm | undefined,
): boolean {
  return (
    (order.operation === undefined || order.operation === operation) &&
    (order.modelId === undefined || isModel(order.modelId, modelId)) &&
    suits(order.fault, form)
  );
}

function isModel(wanted: string, modelId: string): boolean {
  return wanted === modelId || splitModelId(modelId).baseId === wanted;
}
