import { once } from 'node:events';
import { createServer } from 'node:http';

/** The space's role: temporary credentials that the container's own address hands out. */
export interface ContainerCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** What a process in the container has in its environment. */
  readonly env: NodeJS.ProcessEnv;
  /** How often somebody has asked. */
  asked(): number;
  close(): void;
}

/**
 * Serves them on loopback, behind a token. Studio names a path on a link-local address, which the SDK reads in the same
 * way (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
 */
export async function serveContainerCredentials(): Promise<ContainerCredentials> {
  const credentials = {
    accessKeyId: 'ASIASTUDIOSPACE00001',
    secretAccessKey: 'a-secret-of-the-space',
    sessionToken: 'a-token-of-the-space',
  };
  const authorization = 'the-container';
  let asked = 0;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== authorization) {
      response.writeHead(403).end();
      return;
    }
    asked += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        Token: credentials.sessionToken,
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    ...credentials,
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/role`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization,
    },
    asked: () => asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
