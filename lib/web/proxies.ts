import { LibError } from '../base/errors.ts';

/** How browsers reach a page through the proxy of a Jupyter server: jupyter-server-proxy, which Studio brings. */
export interface JupyterProxy {
  /** The server's `host:port`, which the proxy passes on as the page's own. */
  readonly host: string;
  /** The address of the page on this port, whose own address is `url`. */
  addressOf(url: string): string;
}

/** Where JupyterLab's and the notebook's own pages begin, below the server's base. */
const pages = /\/(?:lab|tree|notebooks|doc|edit|consoles|terminals)(?:\/.*)?$/;

/**
 * Reads the address that the browser shows for JupyterLab, such as
 * `https://….studio.us-east-1.sagemaker.aws/jupyterlab/default/lab/tree/001.ipynb`.
 *
 * @throws LibError of kind `request` when it is none
 */
export function readJupyterAddress(address: string): JupyterProxy {
  const jupyter = URL.parse(address);
  if (jupyter === null || !/^https?:$/.test(jupyter.protocol)) {
    throw new LibError(`${address} is not the address of JupyterLab's page`, {
      kind: 'request',
      hint: "Copy it from the browser's address bar, with its https://.",
    });
  }
  const base = jupyter.pathname.replace(pages, '').replace(/\/$/, '');
  return {
    host: jupyter.host,
    addressOf: (url) => {
      const { port, pathname } = new URL(url);
      return `${jupyter.origin}${base}/proxy/${port}${pathname}`;
    },
  };
}

/**
 * The host by which a browser reaches this port of a GitHub codespace, where the page runs in one; else none. GitHub
 * passes requests on as for localhost, but the page's origin is that of the forwarded address.
 *
 * @see https://docs.github.com/codespaces/developing-in-a-codespace/forwarding-ports-in-your-codespace
 */
export function codespaceHosts(env: NodeJS.ProcessEnv, port: number): readonly string[] {
  const { CODESPACE_NAME: name, GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: domain } = env;
  return name && domain ? [`${name}-${port}.${domain}`.toLowerCase()] : [];
}
