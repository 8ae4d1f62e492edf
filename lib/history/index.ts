/** Conversations that outlive the program: a file of them (`openHistory`), or a store of your own behind `History`. */

export type { PostgresOptions } from '../postgres/open-postgres.ts';
export type { DatabaseDriver, SqlValue } from '../sqlite/database.ts';
export { checksumOf, fromJson, storedJson, toJson } from '../sqlite/json.ts';
export type { OpenOptions } from '../sqlite/open-database.ts';
export { checkEntry, checkSessionId } from './check-entry.ts';
export { type CopiedHistory, type CopyHistoryOptions, copyHistory } from './copy-history.ts';
export type {
  Claim,
  History,
  HistoryEntry,
  LogPart,
  SessionInfo,
  SessionLog,
  Summary,
  Turn,
} from './history.ts';
export { partOf } from './log-part.ts';
export { type HistoryOptions, openHistory } from './open-history.ts';
export { titleOf } from './sessions.ts';
export { isSummary, repairOf, type Transcript, transcriptOf } from './transcript.ts';
export { describeOwner, isAlive, type Owner, openHistories, ownerHere } from './turn-owner.ts';
