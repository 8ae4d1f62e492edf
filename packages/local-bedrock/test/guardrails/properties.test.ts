import { describe, expect, it } from 'vitest';
import fc from '../../../../test/properties.ts';
import { assess } from '../../src/guardrails/assess.ts';
import { phrasesIn } from '../../src/guardrails/phrases.ts';
import type { GuardrailPolicies } from '../../src/guardrails/policies.ts';
import { piiPatterns, sensitiveFindings } from '../../src/guardrails/sensitive-information.ts';
import { createGuardrailStore } from '../../src/guardrails/store.ts';
import { useEndpoint } from '../endpoint.ts';

const endpoint = useEndpoint();

const everything: GuardrailPolicies = {
  topicPolicyConfig: {
    topicsConfig: [
      {
        name: 'Tax advice',
        definition: 'How to pay less tax.',
        examples: ['Can I deduct my car?'],
        type: 'DENY',
      },
    ],
  },
  contentPolicyConfig: {
    filtersConfig: (['SEXUAL', 'VIOLENCE', 'HATE', 'INSULTS', 'MISCONDUCT', 'PROMPT_ATTACK'] as const).map(
      (type) => ({ type, inputStrength: 'HIGH', outputStrength: 'HIGH' }),
    ),
  },
  wordPolicyConfig: {
    wordsConfig: Array.from({ length: 10_000 }, (_, index) => ({
      text:
        [`word${index} (of) mine`, 'a'.repeat(index % 99), `a ${'a'.repeat(index % 90)} b`][index % 3] || 'b',
    })),
    managedWordListsConfig: [{ type: 'PROFANITY' }],
  },
  sensitiveInformationPolicyConfig: {
    piiEntitiesConfig: Object.keys(piiPatterns).map((type) => ({ type, action: 'ANONYMIZE' })),
  },
};

const guardrail = createGuardrailStore().create(
  { name: 'all', blockedInputMessaging: 'no', blockedOutputsMessaging: 'no', policies: everything },
  'us-east-1',
);

describe('a guardrail', () => {
  it('leaves no personal information in what it masks', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'ann@example.com',
        '123-45-6789',
        '4111 1111 1111 1111',
        '10.0.0.1',
        '+1 (415) 555-0132',
      ),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const { outcome, outputs } = assess(guardrail, 'OUTPUT', [{ text: pieces.join(' ') }]);
        if (outcome === 'blocked') return;
        expect(assess(guardrail, 'OUTPUT', [{ text: outputs[0] ?? '' }]).outcome).not.toBe('masked');
      }),
    );
  });

  it.each([
    ['one word', 'a'.repeat(200_000)],
    ['one letter', 'a '.repeat(100_000)],
    ['digits', '1'.repeat(200_000)],
    ['digits with spaces', '1 '.repeat(100_000)],
    ['half an address', `${'a.'.repeat(100_000)}@`],
    ['addresses without an end', 'a@'.repeat(100_000)],
    ['a domain without an end', `a@${'b-.'.repeat(60_000)}`],
    ['URLs without an end', 'http://'.repeat(30_000)],
    ['capital letters', 'AB12 '.repeat(40_000)],
    ['sentences', 'Is this a tax? '.repeat(13_000)],
    ['numbered points', '1.'.repeat(100_000)],
    ['instructions', 'ignore all '.repeat(18_000)],
  ])('takes no more than linear time for %s', (_, text) => {
    const before = process.cpuUsage();
    assess(guardrail, 'INPUT', [{ text }]);
    const { user, system } = process.cpuUsage(before);
    // Microseconds of the processor. Quadratic time would be minutes; linear time is well below a second.
    expect(user + system).toBeLessThan(8_000_000);
  });

  it('finds a phrase where a search from the beginning finds it', () => {
    const piece = fc.constantFrom(...'abAB1é', ' ', '  ', '\n', '-', '.', '$', '(', '😀');
    const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    const phrase = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, phrase, (read, wanted) => {
        const escaped = wanted.replaceAll(/[$.()]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
        const search = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu');
        expect(phrasesIn(read).find(wanted)).toBe(search.exec(read)?.[0]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused with a type, never with a 500, whatever its definition is', async () => {
    const members = ['name', 'blockedInputMessaging', 'blockedOutputsMessaging', 'topicPolicyConfig'].concat([
      'wordPolicyConfig',
      'sensitiveInformationPolicyConfig',
      'contextualGroundingPolicyConfig',
      'contentPolicyConfig',
      'topicsConfig',
      'wordsConfig',
      'piiEntitiesConfig',
      'type',
      'action',
      'text',
    ]);
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(null, true, 0, -1.5, '', 'DENY', 'EMAIL', 'BLOCK', 'a'),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...members), tie('json'), { maxKeys: 5 }),
      ),
    }));
    const send = async (path: string, body: string) => {
      const response = await fetch(endpoint.url + path, { method: 'POST', body });
      await response.arrayBuffer();
      if (response.status < 300) return;
      expect(response.status).toBeLessThan(500);
      expect(response.headers.get('x-amzn-errortype')).toMatch(/Exception/);
    };
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          json.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        async (body) => {
          await send('/guardrails', body);
          await send('/guardrail/abc/version/DRAFT/apply', body);
          await send('/guardrails/abc', body);
        },
      ),
      { numRuns: 60 },
    );
  });
});

it('masks many different addresses in about the time of one that comes as often', () => {
  const costOf = (addressOf: (index: number) => string) => {
    const text = Array.from({ length: 20_000 }, (_, index) => addressOf(index)).join(' ');
    const costs = [1, 2, 3].map(() => {
      const before = process.cpuUsage();
      const policy = { piiEntitiesConfig: [{ type: 'EMAIL', action: 'ANONYMIZE' }] } as const;
      expect(sensitiveFindings(policy, text, 'INPUT').masked).toBe('{EMAIL} '.repeat(20_000).trim());
      const { user, system } = process.cpuUsage(before);
      return user + system;
    });
    return Math.min(...costs);
  };
  const same = costOf(() => 'a12345@example.com');
  expect(costOf((index) => `a${index}@example.com`)).toBeLessThan(50 * same);
});
