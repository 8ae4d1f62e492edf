import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isSummary, openHistory, type Turn } from 'lib/history';
import { startLocalBedrock } from 'lib/local-bedrock';

export interface Outcome {
  readonly answered: number;
  readonly conflicts: number;
  /** Calls of the model: what was paid. */
  readonly calls: number;
  /** Turns in the log. */
  readonly stored: number;
  /** Calls that did not see everything that had been said in their session before. */
  readonly outOfOrder: number;
  readonly seconds: number;
}

/**
 * Several processes on one history: each user's messages all arrive at once, each at another process, and each answer
 * takes a while, as a model's does.
 *
 * @param location what the processes open
 */
export async function runProcesses(location: string, users: number, messages: number): Promise<Outcome> {
  const endpoint = await startLocalBedrock({ faults: ['slow-start:ms=200'] });
  const prefix = `user-${Date.now()}`;
  const processes = Array.from({ length: messages }, () => startProcess(location, endpoint.url));
  try {
    await Promise.all(processes.map(({ ready }) => ready));
    const started = performance.now();
    for (let user = 0; user < users; user++) {
      for (const [message, { say }] of processes.entries())
        say(`${prefix}-${user} What is ${user} + ${message}?`);
    }
    const outcomes = (await Promise.all(processes.map(({ end }) => end()))).flat();
    const seconds = (performance.now() - started) / 1000;
    const calls = endpoint.requests().filter(({ operation }) => operation === 'Converse');
    const history = await openHistory(location);
    let stored = 0;
    let outOfOrder = 0;
    for (let user = 0; user < users; user++) {
      const { entries } = await history.read(`${prefix}-${user}`);
      const turns = entries.filter((entry): entry is typeof entry & Turn => !isSummary(entry));
      stored += turns.length;
      for (const [place, { messages: said }] of turns.entries()) {
        const question = said[0]?.content[0]?.text;
        const call = calls.find(({ body }) => lastText(body) === question);
        if ((call?.body as Body | undefined)?.messages.length !== 2 * place + 1) outOfOrder++;
      }
    }
    await history.close();
    return {
      answered: outcomes.filter(({ text }) => text !== undefined).length,
      conflicts: outcomes.filter(({ failed }) => failed === 'conflict').length,
      calls: calls.length,
      stored,
      outOfOrder,
      seconds,
    };
  } finally {
    for (const { kill } of processes) kill();
    await endpoint.close();
  }
}

interface Body {
  readonly messages: readonly { readonly content: readonly { readonly text?: string }[] }[];
}

function lastText(body: unknown): string | undefined {
  return (body as Body).messages.at(-1)?.content[0]?.text;
}

interface Said {
  readonly text?: string;
  readonly failed?: string;
}

function startProcess(location: string, endpoint: string) {
  const script = join(import.meta.dirname, 'chat-process.ts');
  const child = spawn(process.execPath, [script, location, endpoint], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said: Said[] = [];
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, 'line');
  lines.on('line', (line) => line !== 'ready' && said.push(JSON.parse(line)));
  const closed = once(lines, 'close');
  return {
    ready,
    say: (line: string) => void child.stdin.write(`${line}\n`),
    async end(): Promise<readonly Said[]> {
      child.stdin.end();
      await closed;
      return said;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
