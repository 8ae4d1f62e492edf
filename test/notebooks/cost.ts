import { costOf } from '../../packages/bedrock-models/src/cost.ts';
import { type Notebook, streamText } from '../../packages/workshop/src/notebook-file.ts';
import type { CellRun } from '../../packages/workshop/src/run-notebook.ts';

/** What one notebook's calls came to, and what they would have cost on AWS. */
export interface NotebookCost {
  readonly calls: number;
  /** Of input and output together. */
  readonly tokens: number;
  /** US dollars at the catalogue's prices; `undefined` when one of them is not known. */
  readonly usd: number | undefined;
}

/** How a notebook's last cell tells its calls: the kernel has the endpoint, and nobody else knows where it is. */
const source = `
const toldCalls = await fetch(\`\${process.env.AWS_ENDPOINT_URL_BEDROCK}/_local-bedrock/requests\`);
const callsOfThisRun: any = JSON.parse(await toldCalls.text());
console.log(
  JSON.stringify(
    callsOfThisRun.requests.map(({ modelId, inputTokens, outputTokens }: any) => ({
      modelId,
      inputTokens,
      outputTokens,
    })),
  ),
);
`;

/** How many requests the endpoint remembers; more would be lost to the count. */
const remembered = 1_000;

/** The notebook with one more cell, which tells the calls of the cells before it. Pure. */
export function withCallsTold(notebook: Notebook): Notebook {
  return {
    ...notebook,
    cells: [...notebook.cells, { cell_type: 'code', metadata: {}, source, outputs: [] }],
  };
}

/** What the run of a notebook `withCallsTold` cost: by the tokens that the endpoint counted, model by model. */
export function costOfRun(told: CellRun): NotebookCost {
  if (told.status !== 'ok') throw new Error(`The calls were not told: ${JSON.stringify(told.outputs)}`);
  const calls: readonly {
    readonly modelId?: string;
    readonly inputTokens?: number;
    readonly outputTokens?: number;
  }[] = JSON.parse(streamText(told.outputs));
  if (calls.length >= remembered) throw new Error('The endpoint remembers no more requests than these.');
  let usd: number | undefined = 0;
  let counted = 0;
  let tokens = 0;
  for (const { modelId, inputTokens, outputTokens = 0 } of calls) {
    if (modelId === undefined || inputTokens === undefined) continue;
    counted += 1;
    tokens += inputTokens + outputTokens;
    const cost = costOf({ inputTokens, outputTokens }, decodeURIComponent(modelId));
    usd = cost === undefined || usd === undefined ? undefined : usd + cost;
  }
  return { calls: counted, tokens, usd };
}

/** What a notebook's first cell states for one full run: dollars such as 0.001, tokens, calls, and the day of the prices. */
export function statedCost({ cells: [first] }: Notebook) {
  const text = [first?.source ?? ''].flat().join('');
  const stated =
    /\*\*Cost\*\*.*?about \$(?<usd>\d+(?:\.\d+)?).*?\(about (?<tokens>[\d,]+) tokens in (?<calls>\d+) calls\), at the prices of (?<day>[\d-]{10})/.exec(
      text,
    )?.groups;
  if (stated === undefined) {
    throw new Error(
      'The first cell has no line with **Cost**, "about $…", "(about … tokens in … calls)" and the day of the prices.',
    );
  }
  const { usd, tokens = '', calls, day } = stated;
  return { usd: Number(usd), tokens: Number(tokens.replaceAll(',', '')), calls: Number(calls), day };
}
