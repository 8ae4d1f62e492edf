import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalBedrock } from 'lib/local-bedrock';
import { describe, expect, it } from 'vitest';
import { clientFor } from '../../../test/local-endpoint.ts';
import { listedModels } from '../../bedrock-models/src/catalogue.ts';
import { type Change, compare, formatDifference } from '../src/models-refresh/compare.ts';
import { editSource, hasEntry } from '../src/models-refresh/edit-source.ts';
import { askLive, type LiveModel } from '../src/models-refresh/live-model.ts';

const models = join(import.meta.dirname, '..', '..', 'bedrock-models', 'src');
const today = '2026-11-24';
const micro = 'amazon.nova-micro-v1:0';
const sonnet = 'anthropic.claude-sonnet-4-5-20250929-v1:0';

const entry = (id: string) => listedModels.filter((model) => model.id === id);
const liveModel = (id: string, more: Partial<LiveModel> = {}): LiveModel => ({
  id,
  name: id,
  provider: 'Amazon',
  givesVectors: false,
  profiles: [],
  ...more,
});
const liveRegion = (...live: LiveModel[]) => ({
  region: 'us-east-1',
  models: live,
  retired: new Set<string>(),
});

describe('the comparison', () => {
  it('finds no change where Bedrock says what the catalogue says', async () => {
    const endpoint = await startLocalBedrock({ era: 'today', today });
    const place = { region: 'us-east-1', config: clientFor(endpoint.url) };
    const live = await askLive(place, listedModels);
    await endpoint.close();
    expect(live.models.length).toBeGreaterThan(20);
    expect(live.retired).toContain('amazon.titan-text-express-v1');
    expect(compare(listedModels, live, today)).toMatchObject({ changes: [], unlisted: [], notOffered: [] });
  });

  it('takes new dates, keeps those that Bedrock leaves out, and only adds profiles', () => {
    const live = liveModel(sonnet, { endOfLife: '2027-05-01', profiles: ['us', 'ca'] });
    expect(compare(entry(sonnet), liveRegion(live), today).changes).toEqual([
      { id: sonnet, member: 'endOfLife', before: '2027-04-08', after: '2027-05-01' },
      {
        id: sonnet,
        member: 'datesFrom',
        before: ['lifecycle-page'],
        after: ['lifecycle-page', 'live-lists'],
      },
      {
        id: sonnet,
        member: 'profiles',
        before: ['us', 'eu', 'au', 'jp', 'global'],
        after: ['us', 'eu', 'au', 'jp', 'global', 'ca'],
      },
    ]);
  });

  it('finds models that ended unannounced, that are new, and that are not offered', () => {
    const live = { ...liveRegion(liveModel('amazon.nova-9-lite-v1:0')), retired: new Set([sonnet]) };
    const difference = compare([...entry(micro), ...entry(sonnet)], live, today);
    expect(difference.changes).toContainEqual({
      id: sonnet,
      member: 'endOfLife',
      before: '2027-04-08',
      after: today,
    });
    expect(difference.notOffered).toEqual([micro]);
    expect(difference.unlisted.map(({ id }) => id)).toEqual(['amazon.nova-9-lite-v1:0']);
    const text = formatDifference(difference, 'us-east-1');
    expect(text).toContain(`${sonnet}: endOfLife 2027-04-08 → ${today}`);
    expect(text).toContain('amazon.nova-9-lite-v1:0 (amazon.nova-9-lite-v1:0, Amazon, nova)');
  });

  it('names prices that have grown old, and changes none', () => {
    const difference = compare(entry(micro), liveRegion(liveModel(micro)), '2027-06-01');
    expect(difference).toMatchObject({ changes: [], oldPrices: [{ id: micro, asOf: '2026-07-17' }] });
  });
});

describe('the files of the catalogue', () => {
  const files = readdirSync(join(models, 'catalogue')).map((name) =>
    readFileSync(join(models, 'catalogue', name), 'utf8'),
  );
  const changed = (id: string, member: Change['member'], after: Change['after']) =>
    ({ id, member, before: undefined, after }) as const;

  it('each have an entry that can be edited, for every model', () => {
    for (const { id } of listedModels) {
      const source = files.find((text) => hasEntry(text, id)) ?? '';
      expect(source, id).not.toBe('');
      const edited = editSource(source, [
        changed(id, 'legacy', '2030-01-02'),
        changed(id, 'profiles', ['us']),
      ]);
      const [before, after] = [source.split('\n'), edited.split('\n')];
      const added = after.filter((line) => !before.includes(line));
      expect(
        added.filter((line) => line === "    legacy: '2030-01-02',"),
        id,
      ).toHaveLength(1);
      const prices = (lines: string[]) => lines.filter((line) => /PerMillion|asOf/.test(line));
      expect(prices(after)).toEqual(prices(before));
      // A line for the end, and one for the profiles where it had none.
      expect(after.length - before.length, id).toBeLessThanOrEqual(2);
    }
  });
});

describe('npm run models:refresh', () => {
  function refresh(args: readonly string[], url: string) {
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL_BEDROCK: url,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
    };
    return new Promise<{ code: number | null; output: string }>((resolve) => {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, '..', 'src', 'models-refresh', 'cli.ts'), ...args],
        { env },
      );
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
      child.on('close', (code) => resolve({ code, output }));
    });
  }

  it('writes what has changed into the files, shows it, and leaves the rest as it is', async () => {
    // The day on which Sonnet 4.5 has ended for this endpoint, which the real day's catalogue does not know.
    const endpoint = await startLocalBedrock({ era: 'today', today: '2099-01-01' });
    const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
    cpSync(join(models, 'catalogue'), join(folder, 'catalogue'), { recursive: true });
    cpSync(join(models, 'catalogue.ts'), join(folder, 'catalogue.ts'));
    const untouched = readFileSync(join(folder, 'catalogue/anthropic.ts'), 'utf8');
    const dry = await refresh(['--dry-run', '--folder', folder, '--today', today], endpoint.url);
    expect(dry).toMatchObject({
      code: 0,
      output: expect.stringContaining(`${sonnet}: endOfLife 2027-04-08 →`),
    });
    expect(readFileSync(join(folder, 'catalogue/anthropic.ts'), 'utf8')).toBe(untouched);
    const { output } = await refresh(['--folder', folder, '--today', today], endpoint.url);
    await endpoint.close();
    const written = readFileSync(join(folder, 'catalogue/anthropic.ts'), 'utf8');
    rmSync(folder, { recursive: true });
    expect(output).toContain('catalogue/anthropic.ts');
    expect(written).not.toBe(untouched);
    expect(written).toContain('endOfLifeIsApproximate: true');
  });

  it('says what is wrong when nobody answers', async () => {
    const { code, output } = await refresh([], 'http://127.0.0.1:1');
    expect(code).toBe(1);
    expect(output).toContain('next step');
  });
});
