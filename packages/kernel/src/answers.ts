import { compiler } from './compiler.ts';
import type { Connection } from './connection-file.ts';
import type { History } from './history.ts';
import { isComplete } from './is-complete.ts';
import { kernelInfo } from './language.ts';
import type { Answer, Request } from './server.ts';

/** What the compiler knows of the code of a cell; positions count UTF-16 units. */
export interface Inspector {
  /** What is known of the name at a position, as text. */
  inspect(source: string, position: number): string | undefined;
  complete(
    source: string,
    position: number,
  ): { readonly start: number; readonly end: number; readonly candidates: readonly string[] };
}

/**
 * The answers to all requests of Jupyter's protocol but `execute_request`.
 *
 * @param onInfo somebody asks what kernel this is
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html
 */
export function createAnswers(
  connection: Connection,
  inspector: Inspector,
  history: History,
  onInfo: () => void,
): Readonly<Record<string, Answer>> {
  const { shell_port, iopub_port, stdin_port, control_port, hb_port } = connection;
  return {
    kernel_info_request: () => {
      onInfo();
      return kernelInfo;
    },
    connect_request: () => ({ shell_port, iopub_port, stdin_port, control_port, hb_port }),
    is_complete_request: ({ content }) => isComplete(compiler(), codeOf(content)),
    inspect_request: ({ content }) => inspect(inspector, codeOf(content), content.cursor_pos),
    complete_request: ({ content }) => complete(inspector, codeOf(content), content.cursor_pos),
    history_request: ({ content }) => history.answer(content),
    interrupt_request: () => {
      // The same way as the signal that Jupyter sends by itself: there is one, and it also ends what never waits.
      process.kill(process.pid, 'SIGINT');
      return {};
    },
    shutdown_request: ({ content }) => ({ restart: content.restart === true }),
    // No cell can open a comm, and who opens one from outside is told at once that nobody is here.
    comm_info_request: () => ({ comms: {} }),
    comm_open: ({ content, publish }) => {
      publish('comm_close', { comm_id: content.comm_id, data: {} });
      return undefined;
    },
    comm_msg: () => undefined,
    comm_close: () => undefined,
    debug_request: ({ content }) => ({
      type: 'response',
      request_seq: content.seq ?? 0,
      success: false,
      command: content.command ?? '',
      message: 'This kernel has no debugger.',
    }),
    create_subshell_request: refuseSubshell,
    delete_subshell_request: refuseSubshell,
    list_subshell_request: refuseSubshell,
  };
}

function refuseSubshell(): object {
  const evalue = 'This kernel has no subshells.';
  return { status: 'error', ename: 'NotSupported', evalue, traceback: [] };
}

/** @throws when the request has none */
export function codeOf(content: Request['content']): string {
  if (typeof content.code !== 'string') throw new Error('The request holds no code.');
  return content.code;
}

function inspect(inspector: Inspector, code: string, cursor: unknown): object {
  const text = inspector.inspect(code, unitsBefore(code, cursor));
  if (text === undefined || text === unknown) return { found: false, data: {}, metadata: {} };
  return { found: true, data: { 'text/plain': text }, metadata: {} };
}

/** What the compiler says of a name that it does not know. */
const unknown = 'any';

function complete(inspector: Inspector, code: string, cursor: unknown): object {
  const { start, end, candidates } = inspector.complete(code, unitsBefore(code, cursor));
  return {
    matches: candidates,
    cursor_start: characters(code.slice(0, start)),
    cursor_end: characters(code.slice(0, end)),
    metadata: {},
  };
}

/** Jupyter counts characters where JavaScript counts UTF-16 units; a cursor outside the code is at its end. */
function unitsBefore(code: string, cursor: unknown): number {
  if (typeof cursor !== 'number' || cursor < 0) return code.length;
  return Array.from(code).slice(0, cursor).join('').length;
}

function characters(text: string): number {
  return Array.from(text).length;
}
