import { rmSync } from 'node:fs';
import { KernelManager, ServerConnection, type Session, SessionManager } from '@jupyterlab/services';
import { writeKernelspecs } from './kernelspecs.ts';
import { explained } from './setup/cli.mjs';
import { findOrCreateJupyter } from './setup/find-jupyter.ts';
import {
  defaultPort,
  firstFreePort,
  lastLines,
  logFileFor,
  startJupyterServer,
} from './setup/jupyter-server.ts';

export interface HeadlessServer {
  /** Opens a session as JupyterLab would: the kernel starts in the notebook's folder. */
  openSession(notebookPath: string, kernelName: string): Promise<Session.ISessionConnection>;
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
  const settings = ServerConnection.makeSettings({
    baseUrl: `${server.url}/`,
    wsUrl: `${server.url.replace('http', 'ws')}/`,
    token: server.token,
  });
  const kernelManager = new KernelManager({ serverSettings: settings });
  const sessionManager = new SessionManager({ kernelManager, serverSettings: settings });
  return {
    openSession: async (path, name) => {
      await sessionManager.ready;
      return sessionManager.startNew({ path, name: path, type: 'notebook', kernel: { name } });
    },
    close: async () => {
      sessionManager.dispose();
      kernelManager.dispose();
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
