import { createRequire } from 'node:module';
import { findListedModel, formatDollars, splitModelId } from 'bedrock-models';
import { checkAccess, describeObstacles, type ModelAccess } from '../access/check-access.ts';
import { toLibError } from '../base/aws-errors.ts';
import { checkInput } from '../base/check-input.ts';
import { describeError } from '../base/errors.ts';
import { chooseRegion } from '../base/region.ts';
import { createClient } from '../call/client.ts';
import { localEra, sessionMeter } from '../call/session-cost.ts';
import { showTable, type TableRow } from './table.ts';

export interface PreflightReport {
  readonly environment: readonly TableRow[];
  readonly models: readonly TableRow[];
  /** What must be put right before the notebook can run; empty when it can. */
  readonly problems: readonly string[];
}

/**
 * Shows what this notebook runs on, and whether its models answer here: one table each, and below them the next
 * step for whatever is wrong. It calls no model and costs nothing.
 */
export async function preflight(modelIds: readonly string[]): Promise<void> {
  checkInput('preflight', { modelIds }, { modelIds: 'texts' });
  const report = await checkEnvironment(modelIds);
  showTable(report.environment, { caption: 'Environment' });
  if (report.models.length > 0) showTable(report.models, { caption: "This notebook's models" });
  for (const problem of report.problems) console.log(problem);
  console.log(report.problems.length === 0 ? 'Ready.' : 'Put this right, then run this cell again.');
}

/** The same as data. */
export async function checkEnvironment(modelIds: readonly string[]): Promise<PreflightReport> {
  const { region, source } = await chooseRegion();
  const problems: string[] = [];
  const environment: TableRow[] = [
    { what: 'Node.js', here: process.versions.node, note: nodeNote() },
    kernelRow(),
    {
      what: 'AWS SDK',
      here: version('@aws-sdk/client-bedrock-runtime') ?? 'in a bundle',
      note: '@aws-sdk/client-bedrock-runtime',
    },
    endpointRow(),
    { what: 'Region', here: region, note: `from ${source}` },
  ];
  try {
    environment.push({ what: 'Credentials', ...(await credentials()) });
  } catch (error) {
    problems.push(describeError(toLibError(error)));
    environment.push({ what: 'Credentials', here: 'none', note: 'see below' });
    return { environment, models: [], problems };
  }
  const models = await checkModels(modelIds);
  environment.push(...quotaRows(models));
  problems.push(...new Set(models.flatMap(describeObstacles)));
  return { environment, models: models.map(modelRow), problems };
}

async function checkModels(modelIds: readonly string[]): Promise<readonly ModelAccess[]> {
  const client = createClient();
  try {
    return await checkAccess(client, modelIds);
  } finally {
    client.destroy();
  }
}

function modelRow({ name, requested, status, id }: ModelAccess): TableRow {
  return { model: name, id: requested, status, 'use here': id };
}

/**
 * Which quota to look up, by its name: Bedrock itself does not tell what an account may use, only Service Quotas does,
 * whose client is a package of its own.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/quotas-runtime.html
 */
function quotaRows(models: readonly ModelAccess[]): TableRow[] {
  const { id } = models.find((model) => model.usable) ?? {};
  const listed = id === undefined ? undefined : findListedModel(id);
  if (id === undefined || listed === undefined || process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME) return [];
  const { profile } = splitModelId(id);
  const scope =
    profile === undefined ? 'On-demand' : profile === 'global' ? 'Global cross-region' : 'Cross-region';
  const model = listed.name.startsWith(listed.provider) ? listed.name : `${listed.provider} ${listed.name}`;
  const name = `${scope} model inference tokens per minute for ${model}`;
  return [
    {
      what: 'Quota',
      here: 'not asked',
      note: `look in Service Quotas, Amazon Bedrock, for "${name}" and the like: docs/environment.md#quotas`,
    },
  ];
}

function nodeNote(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 22 || (major === 22 && minor >= 18);
  return enough ? 'new enough (22.18 or later)' : 'too old: run npm start, which brings Node 24';
}

function kernelRow(): TableRow {
  const tslab = version('tslab');
  if (tslab === undefined) return { what: 'Kernel', here: 'none', note: 'a program of its own' };
  const compiler = version('typescript-for-cells') ?? 'unknown';
  return { what: 'Kernel', here: `tslab ${tslab}`, note: `TypeScript ${compiler} in cells` };
}

/** The version that is installed; `undefined` where there is no such package, or all packages are one bundle. */
function version(packageName: string): string | undefined {
  try {
    return createRequire(import.meta.url)(`${packageName}/package.json`).version;
  } catch {
    return undefined;
  }
}

function endpointRow(): TableRow {
  const url = process.env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME;
  const era = localEra();
  const { maxCostUsd } = sessionMeter();
  const limit = maxCostUsd === undefined ? '' : `, at most ${formatDollars(maxCostUsd)} in this kernel`;
  if (url === undefined)
    return { what: 'Endpoint', here: 'Amazon Bedrock', note: `calls cost money${limit}` };
  if (era === undefined)
    return { what: 'Endpoint', here: url, note: `from AWS_ENDPOINT_URL_BEDROCK_RUNTIME${limit}` };
  const retired =
    era === 'lab' ? 'retired models answer as in 2024' : 'retired models are refused, as AWS does';
  const model = process.env.LOCAL_BEDROCK_WORDS;
  const words =
    model === undefined
      ? 'a stand-in, not a language model'
      : `${model}, a language model, answers for every id`;
  const note = `free; ${words}; ${retired}`;
  return { what: 'Endpoint', here: `local Bedrock (${era})`, note };
}

/** Where the credentials come from; never the key itself. */
async function credentials(): Promise<{ here: string; note: string }> {
  if (localEra()) return { here: 'placeholders', note: 'no AWS account is used' };
  if (process.env.AWS_BEARER_TOKEN_BEDROCK) return { here: 'API key', note: 'from AWS_BEARER_TOKEN_BEDROCK' };
  const client = createClient();
  try {
    const { expiration } = await client.config.credentials();
    const profile = process.env.AWS_PROFILE;
    const from = process.env.AWS_ACCESS_KEY_ID
      ? 'the environment'
      : profile
        ? `profile "${profile}"`
        : 'the default chain';
    return { here: 'found', note: `from ${from}${expiration ? `, until ${expiration.toISOString()}` : ''}` };
  } finally {
    client.destroy();
  }
}
