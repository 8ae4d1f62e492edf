import assert from 'node:assert/strict';
import { classify, extract } from 'lib';
import { z } from 'zod';
import { withEndpoint } from './endpoint.ts';

/** A text into a label, and into a record. */
export default () =>
  withEndpoint(async (client) => {
    const modelId = 'amazon.nova-lite-v1:0';
    const labels = ['Positive', 'Negative'] as const;
    const { label } = await classify(client, modelId, 'I love this phone!', { labels });
    assert.equal(label, 'Positive');
    const schema = z.object({ customer: z.string(), total: z.number() });
    const text = 'Customer: Ann Lee. Total: $12.50';
    const { value } = await extract(client, modelId, text, { schema });
    assert.deepEqual(Object.keys(value).sort(), ['customer', 'total']);
  });
