/** Names that `lib` itself exported, by the entry that exports them now. */
const moved: Readonly<Record<string, readonly string[]>> = {
  'lib/models': [
    ...['catalogue', 'catalogueDate', 'embeddingCatalogue', 'findEmbeddingModel', 'isRetired', 'roles'],
    'splitModelId',
  ],
  'lib/history': ['isSummary', 'repairOf'],
  'lib/agent': ['findingsOfTrace'],
  'lib/region': ['chooseRegion'],
};

/** Names that are other names now. */
const renamed: Readonly<Record<string, string>> = {
  Role: 'ModelRole',
  Talk: 'AnswererStream',
  Talker: 'Answerer',
  TalkerRequest: 'AnswererRequest',
  TalkResult: 'AnswererResult',
};

/** What the compiler says of the other forms that a notebook of the version before may hold, and what to write now. */
const changed: readonly (readonly [message: RegExp, advice: string])[] = [
  [
    /'maxTokens' does not exist in type '(?:Agent)?Limits'/,
    'The limit of a whole run is limits.totalTokens now; maxTokens is the longest answer.',
  ],
  [/'idleTimeout' does not exist in type/, 'idleTimeout is idleTimeoutMs now, in milliseconds.'],
  [/'costMeter' does not exist in type/, 'costMeter is meter now, as everywhere.'],
  [
    /'inference' does not exist in type/,
    'What stood in inference stands beside the other options now: maxTokens, temperature, topP, stopSequences.',
  ],
  [
    /'attempts' does not exist in type '(?:Classify|Categorize|Regress|Extract|Task)\w*Options/,
    'attempts is maxCalls now: how often the model is asked at most.',
  ],
  [
    /^Cannot find module 'lib\/[^']*'/,
    'A path to a file of lib is no entry: import from lib, lib/access, lib/agent, lib/history, lib/invoke, lib/local-bedrock, lib/models, lib/notebook, lib/region, lib/retrieval, lib/tasks or lib/web.',
  ],
];

/** What has become of a name or a form of `lib` that a notebook of the version before uses; `undefined` for others. */
export function adviseOnMoved(message: string): string | undefined {
  const name = /^(?:Module )?'"lib"' has no exported member(?: named)? '(\w+)'/.exec(message)?.[1];
  if (name === undefined) return changed.find(([form]) => form.test(message))?.[1];
  const now = Object.hasOwn(renamed, name) ? renamed[name] : undefined;
  if (now !== undefined) return `${name} is ${now} now.`;
  const entry = Object.keys(moved).find((each) => moved[each]?.includes(name));
  return entry && `${name} has moved: import { ${name} } from '${entry}';`;
}
