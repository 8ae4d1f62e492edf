import { type Finding, toLibError } from 'lib/access';

/** Milliseconds that an endpoint gets to answer. */
const timeLimit = 5_000;
/** AWS refuses a signature that is five minutes off. */
const warnSeconds = 60;
const refusedSeconds = 300;

/**
 * Whether both of Bedrock's endpoints answer, whether the clock is right, and whether a proxy is set.
 *
 * @param isNeeded whether somebody will call them; if nobody can, silence is no more than a warning
 */
export async function checkNetwork(
  region: string,
  isNeeded: boolean,
  env = process.env,
): Promise<readonly Finding[]> {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const given = env.AWS_ENDPOINT_URL;
  const runtime =
    env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME ?? given ?? `https://bedrock-runtime.${region}.${suffix}`;
  const control = env.AWS_ENDPOINT_URL_BEDROCK ?? given ?? `https://bedrock.${region}.${suffix}`;
  const [models, lists] = await Promise.all([reach(runtime), reach(control)]);
  return [
    reachFinding('Endpoint', runtime, models, { region, isNeeded }),
    reachFinding('Lists', control, lists, { region, isNeeded }),
    clockFinding(models.skewSeconds ?? lists.skewSeconds),
    proxyFinding(env),
  ];
}

interface Reached {
  readonly milliseconds?: number;
  /** How much later it is here than there. */
  readonly skewSeconds?: number;
  readonly error?: unknown;
}

/** Any answer counts, also a refusal: it was not signed. */
async function reach(url: string): Promise<Reached> {
  const began = performance.now();
  try {
    const { headers } = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeLimit) });
    const there = Date.parse(headers.get('date') ?? '');
    return {
      milliseconds: Math.round(performance.now() - began),
      ...(Number.isNaN(there) ? {} : { skewSeconds: Math.round((Date.now() - there) / 1_000) }),
    };
  } catch (error) {
    return { error: (error as Error).cause ?? error };
  }
}

function reachFinding(
  what: string,
  url: string,
  { error, milliseconds }: Reached,
  { region, isNeeded }: { region: string; isNeeded: boolean },
): Finding {
  if (error === undefined) return { what, state: 'ok', text: `${url} answers (${milliseconds} ms)` };
  const { message, hint } = toLibError(error, { region });
  return {
    what,
    state: isNeeded ? 'problem' : 'warning',
    text: `${url} does not answer: ${message}`,
    fix: hint,
  };
}

/** Pure. */
export function clockFinding(skewSeconds: number | undefined): Finding {
  const what = 'Clock';
  if (skewSeconds === undefined) return { what, state: 'unknown', text: 'nobody to compare it with' };
  const off = Math.abs(skewSeconds);
  if (off < warnSeconds) return { what, state: 'ok', text: 'agrees with the endpoint' };
  const text = `${off} seconds ${skewSeconds > 0 ? 'ahead of' : 'behind'} the endpoint`;
  const fix = "Set this computer's clock; AWS refuses calls that are five minutes off.";
  return { what, state: off >= refusedSeconds ? 'problem' : 'warning', text, fix };
}

/** Pure. */
export function proxyFinding(env: NodeJS.ProcessEnv): Finding {
  const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];
  const set = names.filter((name) => env[name]);
  if (set.length === 0) return { what: 'Proxy', state: 'ok', text: 'none is set' };
  const fix =
    'The AWS SDK connects directly and reads no proxy settings. If the endpoint does not answer, give createClient a requestHandler that uses your proxy.';
  return { what: 'Proxy', state: 'warning', text: `${set.join(', ')} set`, fix };
}
