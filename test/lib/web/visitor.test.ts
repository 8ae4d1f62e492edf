import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { isKnown, keepName, ownSession, visitorOf } from '../../../lib/web/access.ts';

const name = '6f1f2a7e-6a0c-4f0e-9d7b-0d6c5a1b2c3d';
const session = '0b8f2a7e-6a0c-4f0e-9d7b-0d6c5a1b2c3d';
const app = new Hono().get('/', (context) =>
  context.json({ isKnown: isKnown(context), visitor: visitorOf(context) }),
);

async function visit(cookie?: string) {
  const response = await app.request('/', cookie === undefined ? {} : { headers: { cookie } });
  const seen = (await response.json()) as { isKnown: boolean; visitor: string };
  return { ...seen, given: response.headers.get('set-cookie') };
}

describe('a visitor', () => {
  it('without a name gets one, which scripts cannot read and other sites do not send', async () => {
    const { isKnown: known, visitor, given } = await visit();
    expect(known).toBe(false);
    expect(given).toContain(`chat-visitor=${visitor}`);
    expect(given).toMatch(/HttpOnly/);
    expect(given).toMatch(/SameSite=Strict/);
  });

  it('keeps the name that it has', async () => {
    expect(await visit(`chat-visitor=${name}`)).toEqual({ isKnown: true, visitor: name, given: null });
  });

  it('who opens the page again keeps the name for another 30 days', async () => {
    const page = new Hono().get('/', (context) => context.text(keepName(context)));
    const response = await page.request('/', { headers: { cookie: `chat-visitor=${name}` } });
    expect(await response.text()).toBe(name);
    expect(response.headers.get('set-cookie')).toMatch(new RegExp(`${name}; Max-Age=2592000`));
  });

  it.each(['', 'x', '../other', `${name}.x`, name.toUpperCase()])(
    'gets another name for one that was never given: %s',
    async (wrong) => {
      const { isKnown: known, visitor } = await visit(`chat-visitor=${wrong}`);
      expect(known).toBe(false);
      expect(visitor).not.toBe(wrong);
    },
  );
});

describe('a session', () => {
  it('is called by its own half of the name', () => {
    expect(ownSession(name, session)).toBe(`${name}.${session}`);
  });

  it.each([undefined, null, 7, '', '..', `${name}.${session}`, `${session}\n`, [session]])(
    'cannot be called %s',
    (given) => {
      expect(ownSession(name, given)).toBeUndefined();
    },
  );
});
