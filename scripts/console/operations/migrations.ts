import type { Confirmation } from './confirmation.ts';

export interface MigrationShard {
  readonly name: string;
  readonly state: string;
  readonly last: string | null;
  readonly pending: readonly string[];
  readonly problems: readonly { readonly kind: string; readonly migration: string | null; readonly message: string }[];
  readonly asOf: string | null;
}

export interface MigrationsAnswer {
  readonly migrations: {
    readonly latest: string | null;
    readonly tags: readonly string[];
    readonly progress: {
      readonly step: string;
      readonly doneCount: number;
      readonly totalCount: number;
      readonly shard: string | null;
      readonly table: string | null;
      readonly copiedShare: number | null;
    } | null;
    readonly shards: readonly MigrationShard[];
  };
}

const SHARD = 'name state last pending asOf problems { kind migration message }';

export const MIGRATIONS = `query Migrations($check: Boolean!) {
  migrations(check: $check) {
    latest tags
    progress { step doneCount totalCount shard table copiedShare }
    shards { ${SHARD} }
  }
}`;

interface Report {
  readonly appliedCount: number;
  readonly shards: readonly MigrationShard[];
}

export interface RunMigrationsAnswer {
  readonly runMigrations: {
    readonly preview: Report | null;
    readonly report: Report | null;
    readonly confirmation: Confirmation | null;
  };
}

export const RUN_MIGRATIONS = `mutation RunMigrations($preview: Boolean!, $confirmation: String) {
  runMigrations(preview: $preview, confirmation: $confirmation) {
    preview { appliedCount shards { ${SHARD} } }
    report { appliedCount shards { ${SHARD} } }
    confirmation { token }
  }
}`;
