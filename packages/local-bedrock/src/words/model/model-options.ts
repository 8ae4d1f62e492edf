/** A language model behind the endpoint. */
export interface ModelOptions {
  /**
   * The URL of a server with OpenAI's API (Ollama, LM Studio, llama.cpp, vLLM), or a GGUF file, which is run here.
   * Absent: the recommended model, which is fetched once.
   */
  readonly source?: string;
  /** The server's name for the model that answers. Default: the first that it lists. */
  readonly name?: string;
  /** What the server takes as an API key; local ones seldom ask for one. */
  readonly apiKey?: string;
  /** What makes embeddings: a GGUF file, or a server's name for the model. Default: they are computed from words. */
  readonly embedding?: string;
  /** Tokens that prompt and answer may be together, for weights that are run here. Default 8192. */
  readonly contextSize?: number;
  /** Default: the cores that have nothing else to do. */
  readonly threads?: number;
  /** The likeliest word each time, whatever the temperature of a request: the same request gets the same answer. */
  readonly greedy?: boolean;
}

/** Whether a source is a server, and not weights. */
export function isServer(source: string | undefined): source is string {
  return source !== undefined && /^https?:\/\//i.test(source);
}
