/** What had to be changed before a transcript could be sent: data, not printed. */
export interface Repair {
  readonly kind: RepairKind;
  /** What was changed, as a sentence for a person. */
  readonly detail: string;
}

export type RepairKind =
  | 'roles-merged'
  | 'role-unknown'
  | 'first-turn-added'
  | 'last-turn-added'
  | 'blank-text-dropped'
  | 'empty-message-dropped'
  | 'trailing-space-trimmed'
  | 'tool-result-added'
  | 'tool-result-as-text'
  | 'tool-result-filled'
  | 'tool-result-wrapped'
  | 'tool-result-first'
  | 'tool-turn-split'
  | 'tool-use-as-text'
  | 'tool-input-wrapped'
  | 'tool-id-changed'
  | 'tool-name-changed'
  | 'tool-config-added'
  | 'document-renamed'
  | 'document-text-added'
  | 'block-as-text'
  | 'reasoning-dropped'
  | 'cache-point-dropped';

export type NoteRepair = (kind: RepairKind, detail: string) => void;
