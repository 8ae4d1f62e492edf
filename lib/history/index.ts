/** Conversations that outlive the program. */
export {
  type History,
  type HistoryEntry,
  isSummary,
  type SessionInfo,
  type SessionLog,
  type Summary,
  type Turn,
} from './history.ts';
export { type HistoryOptions, openHistory } from './open-history.ts';
export { repairOf } from './repair.ts';
export { type Transcript, transcriptOf } from './transcript.ts';
