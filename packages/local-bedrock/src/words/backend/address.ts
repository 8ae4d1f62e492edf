/** Where an OpenAI-compatible server answers. */
export interface Address {
  /** The base of the API, such as `http://127.0.0.1:11434/v1`, without a slash at its end. */
  readonly api: string;
  /** The same without `/v1`, where servers offer what is not OpenAI's, such as `/tokenize`. */
  readonly root: string;
}

/**
 * The address in a URL as people write it: with or without `/v1`, a slash at the end, or the whole path of the
 * chat operation. Throws an `Error` that says what to write when it is no URL of HTTP.
 */
export function readAddress(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new Error(`"${url}" is not the URL of a backend. Write it as http://127.0.0.1:11434/v1.`);
  }
  const path = parsed.pathname.replace(/\/+$/, '').replace(/\/(?:chat\/)?completions$/, '');
  const api = `${parsed.origin}${path === '' ? '/v1' : path}`;
  return { api, root: api.replace(/\/v1$/, '') };
}
