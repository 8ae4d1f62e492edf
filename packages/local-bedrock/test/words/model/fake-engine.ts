import type { Engine, GenerateOptions } from '../../../src/words/model/engine.ts';

/** What the fake was asked to continue. */
export interface Asked {
  readonly prompt: string;
  readonly options: GenerateOptions;
}

export type FakeEngine = Engine & { readonly asked: Asked[] };

/**
 * A model whose tokens are characters and which says what the test has it say, one text a continuation, or fails. It stops where
 * a model would: at its limit and before a stop sequence. Its template writes a role, a colon and the words.
 */
export function fakeEngine(
  says: readonly (string | Promise<string> | Error)[],
  own: Partial<Engine> = {},
): FakeEngine {
  const asked: Asked[] = [];
  const texts = [...says];
  return {
    name: 'fake',
    contextSize: 2_000,
    template: 'fake',
    bosToken: '<s>',
    eosToken: '</s>',
    asked,
    render: (_, { messages, tools }) =>
      `${tools === undefined ? '' : `tools:${JSON.stringify(tools)}\n`}${(
        messages as { role: string; content: string }[]
      )
        .map(({ role, content }) => `${role}:${content}\n`)
        .join('')}assistant:`,
    tokenize: (text) => Array.from(text, (_, index) => text.charCodeAt(index)),
    isControl: (text) => ['<|im_end|>', '[INST]'].includes(text),
    async generate(prompt, options) {
      asked.push({ prompt: String.fromCharCode(...prompt), options });
      const { maxTokens, stop, signal, onText } = options;
      const leave = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
      const text = await Promise.race([texts.shift() ?? '', leave]);
      if (text instanceof Error) throw text;
      const stopped = stop
        .map((one) => ({ one, at: text.indexOf(one) }))
        .filter(({ at }) => at >= 0)
        .sort((a, b) => a.at - b.at)[0];
      const said = text.slice(0, stopped?.at ?? text.length);
      const cut = said.slice(0, maxTokens);
      for (const piece of cut.match(/[\s\S]{1,4}/g) ?? []) onText(piece);
      if (cut.length < said.length) return { ended: 'at-the-limit', tokens: cut.length };
      return { ended: stopped === undefined ? 'by-itself' : { stop: stopped.one }, tokens: cut.length };
    },
    close: async () => {},
    ...own,
  };
}
