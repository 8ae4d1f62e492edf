import type { ModelFamily } from '../../models/catalogue.ts';
import { claudeMessages } from './claude-messages.ts';
import { claudeText } from './claude-text.ts';
import type { Family } from './family.ts';
import { nova } from './nova.ts';
import { titanText } from './titan-text.ts';

/** How each family in the catalogue reads and writes its bodies. */
export const families: Readonly<Record<ModelFamily, Family>> = {
  'titan-text': titanText,
  'claude-text': claudeText,
  'claude-messages': claudeMessages,
  nova,
};
