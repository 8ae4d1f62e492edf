export interface GuardrailStore {
  readonly placeholder?: never;
}
