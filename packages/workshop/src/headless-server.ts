import { rmSync } from 'node:fs';
import { KernelManager, ServerConnection, type Session, SessionManager } from '@jupyterlab/services';
import { writeKernelspecs } from './kernelspecs.ts';
import { explained } from './setup/cli.mjs';
import { findOrCreateJupyter } from './setup/find-jupyter.ts';
import {
  defaultPort,
  firstFreePort,
  type JupyterServer,
  lastLines,
  logFileFor,
  startJupyterServer,
} from './setup/jupyter-server.ts';

export interface NotebookClient {
  /** Opens a session as JupyterLab would: the kernel starts in the notebook's folder. */
  openSession(notebookPath: string, kernelName: string): Promise<Session.ISessionConnection>;
  /** Ends every connection. */
  disconnect(): void;
}

/** Jupyter's own client library, for a server that runs. */
export function connectTo({ url, token }: Pick<JupyterServer, 'url' | 'token'>): NotebookClient {
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: `${url}/`,
    wsUrl: `${url.replace('http', 'ws')}/`,
    token,
  });
  const kernelManager = new KernelManager({ serverSettings });
  const sessionManager = new SessionManager({ kernelManager, serverSettings });
  return {
    openSession: async (path, name) => {
      await sessionManager.ready;
      return sessionManager.startNew({ path, name: path, type: 'notebook', kernel: { name } });
    },
    disconnect: () => {
      sessionManager.dispose();
      kernelManager.dispose();
    },
  };
}

export interface HeadlessServer extends Pick<NotebookClient, 'openSession'> {
  /** Ends the server, its kernels and every connection. */
  close(): Promise<void>;
}

/**
 * The same JupyterLab as `npm start` starts, for a program that runs notebooks through Jupyter's own client library.
 *
 * @param era what the local kernels serve
 * @param region the one that the kernels see
 * @throws an explained error with the last lines of the server's log when it does not start
 */
export async function startHeadlessServer(
  projectRoot: string,
  era: 'lab' | 'today',
  region = 'us-east-1',
): Promise<HeadlessServer> {
  const { command } = await findOrCreateJupyter(projectRoot);
  const { jupyterPath } = writeKernelspecs(projectRoot, process.execPath);
  const port = (await firstFreePort(randomPort())) ?? defaultPort;
  const logFile = logFileFor(projectRoot, port);
  const env = { ...process.env, LOCAL_BEDROCK_ERA: era, AWS_REGION: region };
  const server = startJupyterServer({ command, projectRoot, port, jupyterPath, env, logFile });
  try {
    await server.ready;
  } catch (error) {
    await server.stop();
    throw explained(`${(error as Error).message}\n${lastLines(logFile, 20)}`);
  }
  const client = connectTo(server);
  return {
    openSession: client.openSession,
    close: async () => {
      client.disconnect();
      await server.stop();
      rmSync(logFile, { force: true });
    },
  };
}

/**
 * Somewhere that two runs rarely meet, and below the ports that systems give to whoever asks for any: one of those may be
 * given to a kernel before the server has it.
 */
function randomPort(): number {
  return 20_000 + Math.floor(Math.random() * 12_000);
}
