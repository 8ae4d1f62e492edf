/** What an account can lack for a model. */
export type AccessState = 'use-case-form' | 'marketplace' | 'iam' | 'no-access';
