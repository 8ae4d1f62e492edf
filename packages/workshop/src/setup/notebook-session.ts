import type { JupyterServer } from './jupyter-server.ts';

/** Milliseconds for the server to start the kernel's process. */
const timeoutMs = 30_000;

/**
 * Starts the notebook's kernel, as JupyterLab would when it opens the notebook. JupyterLab attaches to a session of
 * the same path, so this decides the kernel, whichever the notebook names in its metadata.
 *
 * @param path relative to the project, with forward slashes
 * @throws an Error with what the server said
 */
export async function startNotebookSession(
  server: Pick<JupyterServer, 'url' | 'token'>,
  path: string,
  kernelName: string,
): Promise<void> {
  const answer = await fetch(`${server.url}/api/sessions`, {
    method: 'POST',
    headers: { authorization: `token ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ path, type: 'notebook', name: path, kernel: { name: kernelName } }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (answer.ok) return;
  const body = (await answer.json().catch(() => ({}))) as { message?: string };
  throw new Error(`HTTP ${answer.status}: ${body.message ?? 'no reason given'}`);
}

/** The address that opens the notebook in JupyterLab; without a notebook, JupyterLab as it was left. */
export function notebookUrl(server: Pick<JupyterServer, 'url' | 'token'>, path: string | undefined): string {
  const place = path === undefined ? '' : `/tree/${path.split('/').map(encodeURIComponent).join('/')}`;
  return `${server.url}/lab${place}?token=${server.token}`;
}
