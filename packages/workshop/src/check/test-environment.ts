import { join } from 'node:path';

/**
 * The environment of every check. No test can call AWS by accident, whatever the person's own set-up is: their
 * variables are gone, their shared files are out of sight, and an SDK client that no test points anywhere is
 * refused at once by this machine's own discard port.
 *
 * @param jupyterCommand how to run jupyter, for the tests that start it; they get it as `JUPYTER_COMMAND`, in JSON
 */
export function testEnvironment(
  env: NodeJS.ProcessEnv,
  projectRoot: string,
  jupyterCommand: readonly string[] | undefined,
): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(AWS|LOCAL_BEDROCK|JUPYTER)_/.test(name));
  const nowhere = join(projectRoot, '.cache', 'no-aws-files-in-tests');
  return {
    ...Object.fromEntries(kept),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...(jupyterCommand === undefined ? {} : { JUPYTER_COMMAND: JSON.stringify(jupyterCommand) }),
  };
}
