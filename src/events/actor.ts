/** Who did something, as events and the audit log name them: of a credential, only what is no secret. */
export interface Actor {
  readonly role: string;
  /** By what they are known: `api-key`, say. */
  readonly by: string;
  /** Who issued their token; null: they have none. */
  readonly issuer: string | null;
  /** Of their API key, or the subject of their token; null: there is none. */
  readonly name: string | null;
  readonly address: string;
}
