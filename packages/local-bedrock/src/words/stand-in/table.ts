import { acknowledgement } from './acknowledgement.ts';
import { arithmetic } from './arithmetic.ts';
import { chemistry } from './chemistry.ts';
import { continuation } from './continuation.ts';
import { conversationSummary } from './conversation-summary.ts';
import { extraction } from './extraction.ts';
import { honest } from './honest.ts';
import { japaneseTutor } from './japanese-tutor.ts';
import { label } from './label.ts';
import { memory } from './memory.ts';
import type { Skill } from './question.ts';
import { rating } from './rating.ts';
import { reading } from './reading.ts';
import { summary } from './summary.ts';
import { tools } from './tools.ts';

/** Skills that need much to recognise their task come before those that need little. */
const ordered: readonly Skill[] = [
  tools,
  extraction,
  conversationSummary,
  memory,
  chemistry,
  arithmetic,
  reading,
  japaneseTutor,
  rating,
  label,
  summary,
  acknowledgement,
  honest,
];

/** What the stand-in can do, tried in this order; the last one answers anything. */
export const skills: readonly Skill[] = [continuation(ordered), ...ordered];
