import { findModel } from '../../../../bedrock-models/src/find.ts';
import type { Turn } from '../../../src/invoke/family.ts';
import { generate } from '../../../src/words/stand-in/stand-in.ts';

const models = { small: 'amazon.titan-text-express-v1', capable: 'amazon.nova-micro-v1:0' };

/** The stand-in's answer to a prompt, or to a conversation that ends with one. No HTTP. */
export function ask(
  strength: 'small' | 'capable',
  prompt: string | readonly Turn[],
  { maxTokens = 300, system = '' }: { maxTokens?: number; system?: string } = {},
): string {
  const model = findModel(models[strength]);
  if (model === undefined) throw new Error(`${models[strength]} is not in the catalogue.`);
  const turns: readonly Turn[] = typeof prompt === 'string' ? [{ role: 'user', text: prompt }] : prompt;
  return generate({ system, turns, maxTokens, stopSequences: [] }, model, '').text;
}
