import { randomUUID } from 'node:crypto';
import { createClient } from 'lib';
import { describe, expect, it } from 'vitest';
import { LibError } from '../../../lib/base/errors.ts';
import { listModels, modelList } from '../../../lib/web/list-models.ts';
import { currentDay } from '../../../packages/bedrock-models/src/find.ts';
import { clientFor, useLocalBedrock } from '../../local-endpoint.ts';

const endpoint = useLocalBedrock('today');
const lab = useLocalBedrock('lab');
/** Another account each time: what was answered to one is remembered. */
const account = () => ({ accessKeyId: randomUUID(), secretAccessKey: 'local' });
const clientOf = (url: string) => createClient({ ...clientFor(url), credentials: account() });
const client = () => clientOf(endpoint().url);
const models = async () => [
  { id: 'amazon.nova-micro-v1:0', name: 'Nova Micro' },
  { id: 'us.amazon.nova-lite-v1:0', name: 'Nova Lite' },
];
const idsOf = async (options: object) => {
  const list = modelList({ client: client(), models, ...options });
  return (await list()).map(({ id }) => id);
};

describe('the list of models', () => {
  it('has what Bedrock lists, by the ids that can be called from the region, and no retired model', async () => {
    const ids = (await listModels(client())).map(({ id }) => id);
    expect(ids).toContain('amazon.nova-lite-v1:0');
    expect(ids.some((id) => id.startsWith('us.anthropic.claude'))).toBe(true);
    expect(ids.filter((id) => /titan-text|claude-3-haiku|embed/.test(id))).toEqual([]);
  });

  it('is made by the catalogue’s dates where Bedrock may not be asked', async () => {
    endpoint().setDate({ today: currentDay() });
    const listed = await listModels(client());
    endpoint().fault('AccessDeniedException', { operation: 'ListFoundationModels' });
    const known = await listModels(client());
    expect(known.map(({ id }) => id)).toEqual(expect.arrayContaining(['amazon.nova-lite-v1:0']));
    expect(known.length).toBeGreaterThanOrEqual(listed.length);
  });

  it('has only models that can call tools, where tools are to be called', async () => {
    const all = await listModels(clientOf(lab().url));
    const able = await listModels(clientOf(lab().url), true);
    expect(all.some(({ id }) => id.includes('titan'))).toBe(true);
    expect(able.filter(({ id }) => id.includes('titan'))).toEqual([]);
    expect(able.some(({ id }) => id.includes('nova-lite'))).toBe(true);
    // The page streams; Jurassic does not.
    expect(all.filter(({ id }) => id.startsWith('ai21.j2'))).toEqual([]);
  });

  it('begins with Nova Lite, or with the model that was asked for', async () => {
    expect(await idsOf({})).toEqual(['us.amazon.nova-lite-v1:0', 'amazon.nova-micro-v1:0']);
    expect((await idsOf({ modelId: 'amazon.nova-micro-v1:0' }))[0]).toBe('amazon.nova-micro-v1:0');
  });

  it('has the model that was asked for by the very id, once, also when nobody lists it', async () => {
    expect(await idsOf({ modelId: 'amazon.nova-lite-v1:0' })).toEqual([
      'amazon.nova-lite-v1:0',
      'amazon.nova-micro-v1:0',
    ]);
    expect((await idsOf({ modelId: 'my-own-model' }))[0]).toBe('my-own-model');
  });

  it('is asked for once, and again only when it could not be had', async () => {
    let asked = 0;
    const list = modelList({
      client: client(),
      models: async () => {
        asked += 1;
        if (asked === 1) throw new LibError('No region', { kind: 'region', hint: 'Set AWS_REGION.' });
        return models();
      },
    });
    await expect(list()).rejects.toThrow('No region');
    await list();
    await list();
    expect(asked).toBe(2);
  });
});
