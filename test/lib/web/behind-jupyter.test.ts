import { describe, expect, it } from 'vitest';
import { readJupyterAddress } from '../../../lib/web/proxies.ts';

const page = 'http://127.0.0.1:41234/the-key/';

describe('the address of a page behind a Jupyter server', () => {
  it.each([
    [
      'https://abc.studio.us-east-1.sagemaker.aws/jupyterlab/default/lab/tree/workshop/notebooks/005.ipynb?x=1#y',
      'https://abc.studio.us-east-1.sagemaker.aws/jupyterlab/default/proxy/41234/the-key/',
    ],
    [
      'https://abc.studio.us-east-1.sagemaker.aws/jupyterlab/default/lab',
      'https://abc.studio.us-east-1.sagemaker.aws/jupyterlab/default/proxy/41234/the-key/',
    ],
    [
      'https://abc.studio.us-east-1.sagemaker.aws/jupyterlab/default/',
      'https://abc.studio.us-east-1.sagemaker.aws/jupyterlab/default/proxy/41234/the-key/',
    ],
    ['http://localhost:8888/lab?token=secret', 'http://localhost:8888/proxy/41234/the-key/'],
    ['http://localhost:8888', 'http://localhost:8888/proxy/41234/the-key/'],
    [
      'https://hub.example/user/lab/tree/tree/notebooks/a.ipynb',
      'https://hub.example/user/proxy/41234/the-key/',
    ],
  ])('is read from %s', (address, expected) => {
    expect(readJupyterAddress(address).addressOf(page)).toBe(expected);
  });

  it('comes with the host that browsers name', () => {
    expect(readJupyterAddress('https://ABC.example:8443/lab').host).toBe('abc.example:8443');
  });

  it.each(['abc.studio.us-east-1.sagemaker.aws/jupyterlab', 'file:///lab', ''])(
    'is refused when it is none: %j',
    (address) => {
      expect(() => readJupyterAddress(address)).toThrow(
        expect.objectContaining({
          kind: 'request',
          hint: expect.stringContaining('Copy it from the browser'),
        }),
      );
    },
  );
});
