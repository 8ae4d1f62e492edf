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
