import assert from 'node:assert/strict';
import { findModel } from 'bedrock-models';
import { formatDollars, invokeText } from 'lib';
import { withEndpoint } from './endpoint.ts';

/** One call by InvokeModel, and what it cost. */
export default () =>
  withEndpoint(async (client) => {
    const modelId = 'amazon.nova-lite-v1:0';
    const { text, costUsd } = await invokeText(client, modelId, 'What is 17 + 25?');
    assert.match(text, /42/);
    assert.match(formatDollars(costUsd ?? Number.NaN), /^\$0\.0/);
    assert.equal(findModel(modelId)?.name, 'Nova Lite');
  });
