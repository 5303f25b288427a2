import type { GraphQLSchema } from 'graphql';
import type { InspectedEntry } from '../../cache/reading/inspect-entries.ts';
import type { Requirement } from '../../cache/requirement.ts';
import type { AlertDesk } from '../../shards/client/alert-desk.ts';
import type { ApiKeys } from '../../shards/client/api-keys.ts';
import type { AuditTrail } from '../../shards/client/audit-trail.ts';
import type { BackupRecords } from '../../shards/client/backup-records.ts';
import type { Bookmarks } from '../../shards/client/bookmarks.ts';
import type { DeadLetters } from '../../shards/client/dead-letters.ts';
import type { Fleet } from '../../shards/client/fleet.ts';
import type { FleetMigrations } from '../../shards/client/fleet-migrations.ts';
import type { KeyPlacements } from '../../shards/client/key-placements.ts';
import type { Read } from '../../shards/plan/read.ts';
import type { SeenVersions } from '../../shards/seen-versions.ts';
import type { RequestContext } from '../context.ts';
import type { Confirmations } from './confirmation/confirmations.ts';

/** What was put to KV. */
export interface Warmed {
  readonly puts: number;
  readonly failedPuts: number;
  /** False: there are more rows than one request warms. */
  readonly isComplete: boolean;
}

/** What a session has seen, as its token tells; where that cannot be opened, with epoch 0. */
export interface OpenedSession extends SeenVersions {
  readonly isSealed: boolean;
}

/** What resolvers of operators' fields know of the request. */
export interface OperatorContext extends RequestContext {
  readonly apiKeys: ApiKeys;
  readonly bookmarks: Bookmarks;
  readonly audit: AuditTrail;
  readonly fleet: Fleet;
  readonly keyPlacements: KeyPlacements;
  readonly confirmations: Confirmations;
  readonly deadLetters: DeadLetters;
  readonly migrations: FleetMigrations;
  /** Of `/graphql`, for operators. */
  readonly apiSchema: GraphQLSchema;
  /** The entries that would answer a read; see `inspectEntries`. */
  cacheEntries(read: Read, requirement: Requirement): Promise<InspectedEntry[]>;
  /**
   * Reads through the cache for what it leaves there.
   *
   * @throws ShardQLError BAD_USER_INPUT for members that ask for nothing, or do not go together; CONFLICT in maintenance.
   */
  warm(asked: Readonly<Record<string, unknown>>): Promise<Warmed>;
  readonly alertDesk: AlertDesk;
  readonly backups: BackupRecords;
  /**
   * What a session token tells.
   *
   * @throws ShardQLError BAD_USER_INPUT for a text that is none.
   */
  openSession(token: string): Promise<OpenedSession>;
  /** How the caller is known. */
  readonly principal: { readonly name: string | null };
}
