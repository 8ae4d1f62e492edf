/**
 * The models this workshop knows: what they are, how they are called, when they end and what they cost.
 *
 * The data is in `catalogue/`, a file for each maker. Dates, limits and prices were gathered on `catalogueDate` from
 * AWS's model cards, model-lifecycle and pricing pages; they move, so every price carries its own date, and an unknown
 * is `undefined`, never zero. What a model refuses was seen in answers of the service, or stands in the table of
 * features that Converse supports. Models that AWS has retired keep their entries: the workshop's source used them,
 * and the entry says what replaced each.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-cards.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
 */

import { ai21Models } from './catalogue/ai21.ts';
import { amazonModels } from './catalogue/amazon.ts';
import { anthropicModels } from './catalogue/anthropic.ts';
import { cohereModels } from './catalogue/cohere.ts';
import { deepseekModels } from './catalogue/deepseek.ts';
import { embeddingModels } from './catalogue/embeddings.ts';
import { metaModels } from './catalogue/meta.ts';
import { mistralModels } from './catalogue/mistral.ts';
import { openWeightsModels } from './catalogue/open-weights.ts';
import { openaiModels } from './catalogue/openai.ts';
import { qwenModels } from './catalogue/qwen.ts';
import type { EmbeddingModel, ListedModel, Model } from './model.ts';

export const catalogueDate = '2026-11-23';

/** The models that write text. */
export const catalogue: readonly Model[] = [
  ...amazonModels,
  ...anthropicModels,
  ...metaModels,
  ...mistralModels,
  ...cohereModels,
  ...ai21Models,
  ...openaiModels,
  ...deepseekModels,
  ...qwenModels,
  ...openWeightsModels,
];

/** The models that give vectors. */
export const embeddingCatalogue: readonly EmbeddingModel[] = embeddingModels;

/** Every model, whether it writes text or gives vectors. */
export const listedModels: readonly ListedModel[] = [...catalogue, ...embeddingCatalogue];
