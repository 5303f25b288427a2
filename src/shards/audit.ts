/** The audit log: what operators did. The catalog keeps it. */
import type { Actor } from '../events/actor.ts';

export type AuditedAction =
  | 'acknowledge-alert'
  | 'backup'
  | 'create-api-key'
  | 'discard-dead-letters'
  | 'export'
  | 'forget-backup'
  | 'import'
  | 'migrate'
  | 'place-shard-keys'
  | 'purge'
  | 'record-backup'
  | 'replay-dead-letters'
  | 'remove-silence'
  | 'restore'
  | 'cancel-restore'
  | 'undo-restore'
  | 'restore-as'
  | 'restore-bookmark'
  | 'revoke-api-key'
  | 'silence-alerts'
  | 'undo'
  | 'unplace-shard-keys'
  | 'warm';

/** Actions that come in many requests: the same one, by the same party with the same outcome, is an entry once an hour. */
export const RECORDED_ONCE_AN_HOUR: ReadonlySet<AuditedAction> = new Set([
  'backup',
  'export',
  'import',
  'purge',
  'warm',
]);

/** Outcomes of what did not fail; others are error codes. What takes long is recorded at its start, too. */
export const SUCCEEDED = 'SUCCEEDED';
export const STARTED = 'STARTED';

export interface NewAuditEntry {
  /** In milliseconds since 1970. */
  readonly atMs: number;
  readonly action: AuditedAction;
  /** Of what: a table, the id of an operation, the name of a key. Never values of rows. Null: the action has none. */
  readonly target: string | null;
  readonly outcome: string;
  readonly actor: Actor;
  readonly requestId: string;
}

export interface AuditEntry extends NewAuditEntry {
  /** Later entries have greater ones. */
  readonly seq: number;
}

/** How many entries are kept: the latest ones. */
export const MAX_AUDIT_ENTRIES = 10_000;

/** How long entries are kept, in milliseconds: 90 days. */
export const MAX_AUDIT_AGE_MS = 7_776_000_000;

/** Greatest number of entries of a page. */
export const MAX_AUDIT_PAGE = 1_000;

/** What an operator did, as operators see it. */
export interface ShownAuditEntry extends Actor {
  /** ISO 8601. */
  readonly at: string;
  readonly action: AuditedAction;
  readonly target: string | null;
  readonly outcome: string;
  readonly requestId: string;
}

export interface AuditPage {
  readonly nodes: readonly ShownAuditEntry[];
  readonly hasNextPage: boolean;
  /** Null: the page is empty. */
  readonly endCursor: string | null;
}
