import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import type { ConfirmedCall } from '../confirmed-call.ts';
import type { ShownRow } from '../undo/request-undo.ts';

/** What is to be restored, and to what. */
export interface RestoreScope {
  readonly shardKey?: readonly string[];
  readonly type?: string;
  readonly shard?: string;
  readonly all?: boolean;
  /** A time in ISO 8601, or the version of a row. */
  readonly to?: string;
}

export interface Preview {
  readonly totalChanges: number;
  /** Null: too many changes to look at each row. */
  readonly restoredCount: number | null;
  readonly updatedCount: number | null;
  readonly deletedCount: number | null;
  /** Null as above. */
  readonly tables: readonly RestoredTable[] | null;
  readonly rows: { readonly totalCount: number; readonly nodes: readonly ShownRow[] };
}

interface RestoredTable {
  /** Its GraphQL type. */
  readonly table: string;
  readonly restoredCount: number;
  readonly updatedCount: number;
  readonly deletedCount: number;
}

export interface Restore {
  readonly id: string;
  readonly state: 'RUNNING' | 'DONE' | 'UNDONE' | 'CANCELLING' | 'CANCELLED';
  readonly time: string;
  /** What is restored: these, or `shard`, or all. */
  readonly shardKeys: readonly string[] | null;
  readonly shard: string | null;
  readonly undoes: string | null;
  readonly undoneBy: string | null;
  /** Shard key whose rows are copied, and the one that they get; null: rows go back in place. */
  readonly copyOf: string | null;
  readonly as: string | null;
  /** Why a copy has turned round, or why the last step of one that has not ended has failed; null: neither has happened. */
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly totalChanges: number;
  readonly changesTakenBack: number;
  readonly beganAt: string;
  readonly endedAt: string | null;
  readonly shards: readonly { readonly name: string; readonly state: string }[];
  /** Those that do not answer: what the restore has there is not in all of this. */
  readonly silentShards: readonly { readonly name: string; readonly code: string; readonly message: string }[];
}

const RESTORE =
  'id state time shardKeys shard undoes undoneBy copyOf as problem { code message } totalChanges changesTakenBack beganAt endedAt shards { name state } silentShards { name code message }';

/** @throws CliError for a scope or a time that the command cannot mean. */
export function variablesOf({ shardKey, type, shard, all, to }: RestoreScope) {
  const scopes = [shardKey !== undefined, shard !== undefined, all === true].filter(Boolean).length;
  if (scopes !== 1) {
    throw new CliError(`Expected one of --shard-key, --shard and --all, but got ${scopes === 0 ? 'none' : 'several'}.`);
  }
  if (to === undefined) throw new CliError('Expected --to <time>, but got none.');
  return {
    ...(shardKey && { shardKeys: shardKey }),
    ...(type !== undefined && { type }),
    ...(shard !== undefined && { shard }),
    ...(all === true && { all }),
    ...momentOf(to),
  };
}

/** @throws CliError for a time that says no time zone: it would mean another moment on each machine. */
export function momentOf(to: string): { readonly version: string } | { readonly time: string } {
  if (/^\d{5,}$/.test(to)) return { version: to };
  if (/T.*(?:Z|[+-]\d\d:?\d\d)$/i.test(to)) return { time: to };
  throw new CliError(
    `Expected --to with a time and its time zone, such as 2026-01-31T09:00:00Z or 2026-01-31T10:00:00+01:00, or with the version of a row, but got "${to}".`,
  );
}

/** What the fields give that show first what they would do. */
type RestoreCall<Shown> = ConfirmedCall<Shown, Restore>;

/** `isUnseen`: nobody looks at the preview, so that what is changed after it is no surprise. */
export const restoreCall = (scope: RestoreScope, isUnseen: boolean): RestoreCall<Preview> => ({
  field: 'restore',
  declared:
    '$shardKeys: [ID!], $type: String, $shard: String, $all: Boolean, $time: String, $version: String, $withLaterChanges: Boolean!',
  given:
    'shardKeys: $shardKeys, type: $type, shard: $shard, all: $all, time: $time, version: $version, withLaterChanges: $withLaterChanges',
  variables: { ...variablesOf(scope), withLaterChanges: isUnseen },
  preview: `totalChanges restoredCount updatedCount deletedCount
    tables { table restoredCount updatedCount deletedCount }
    rows { totalCount nodes { table key before after } }`,
  done: `restore { ${RESTORE} }`,
});

/** What a copy under another shard key would have. */
export interface CopyPreview {
  readonly totalChanges: number;
  readonly tables: readonly { readonly type: string; readonly rowCount: number }[];
}

/** Rows of a shard key, which are to be written under another one. */
export interface CopyScope extends RestoreScope {
  readonly as: string;
}

export const copyCall = (scope: CopyScope): RestoreCall<CopyPreview> => ({
  field: 'restoreAs',
  declared: '$shardKey: ID!, $as: ID!, $type: String, $time: String, $version: String',
  given: 'shardKey: $shardKey, as: $as, type: $type, time: $time, version: $version',
  variables: copyVariablesOf(scope),
  preview: 'totalChanges tables { type rowCount }',
  done: `restore { ${RESTORE} }`,
});

/** @throws CliError for a scope or a time that the command cannot mean. */
function copyVariablesOf({ shardKey, type, shard, all, to, as }: CopyScope) {
  if (shardKey?.length !== 1 || shard !== undefined || all === true) {
    throw new CliError(
      'Expected one --shard-key with --as <shard key>, but got another scope. Copy one shard key at a time.',
    );
  }
  if (to === undefined) throw new CliError('Expected --to <time>, but got none.');
  return { shardKey: shardKey[0]!, as, ...(type !== undefined && { type }), ...momentOf(to) };
}

export const undoCall = (id: string): RestoreCall<Restore> => ({
  field: 'undoRestore',
  declared: '$id: ID!',
  given: 'id: $id',
  variables: { id },
  preview: RESTORE,
  done: `restore { ${RESTORE} }`,
});

/** What can be asked about a restore by its id. */
export type RestoreAction = 'continueRestore' | 'cancelRestore';

export const requestOf = async (api: ApiClient, action: RestoreAction, id: string): Promise<Restore> =>
  (
    await api.operate<{ readonly restore: Restore }>(
      `mutation ($id: ID!) { restore: ${action}(id: $id) { ${RESTORE} } }`,
      { id },
    )
  ).restore;

export const requestRestores = async (api: ApiClient): Promise<readonly Restore[]> =>
  (await api.operate<{ restores: readonly Restore[] }>(`{ restores { ${RESTORE} } }`)).restores;
