import { spawn } from 'node:child_process';

/** What a short command answered. */
export interface CommandAnswer {
  /** The exit code; undefined when it did not start, or was ended because it took too long. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short command to its end, without a shell. It never rejects. */
export function runCommand(
  command: readonly string[],
  options: { readonly timeoutMs: number; readonly env?: NodeJS.ProcessEnv },
): Promise<CommandAnswer> {
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const finish = (code: number | undefined) => resolve({ code, stdout, stderr });
    child.on('error', () => finish(undefined));
    child.on('close', (code) => finish(code ?? undefined));
  });
}
