import type { Confirmation } from './confirmation.ts';

export type RestoreState = 'RUNNING' | 'DONE' | 'UNDONE' | 'CANCELLING' | 'CANCELLED';

export interface Restore {
  readonly id: string;
  readonly state: RestoreState;
  readonly all: boolean;
  readonly shard: string | null;
  readonly shardKeys: readonly string[] | null;
  readonly type: string | null;
  readonly copyOf: string | null;
  readonly as: string | null;
  readonly time: string;
  readonly beganAt: string;
  readonly endedAt: string | null;
  readonly changesTakenBack: number;
  readonly totalChanges: number;
  readonly undoes: string | null;
  readonly undoneBy: string | null;
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly silentShards: readonly { readonly name: string; readonly code: string; readonly message: string }[];
}

const RESTORE = `id state all shard shardKeys type copyOf as time beganAt endedAt changesTakenBack totalChanges undoes undoneBy
    problem { code message }
    silentShards { name code message }`;

export interface RestoresAnswer {
  readonly restores: readonly Restore[];
}

export const RESTORES = `query Restores {
  restores {
    ${RESTORE}
  }
}`;

export interface ChangePage {
  readonly totalCount: number;
  readonly hasNextPage: boolean;
  readonly nodes: readonly {
    readonly table: string;
    readonly key: unknown;
    readonly before: unknown;
    readonly after: unknown;
    readonly reason?: string;
    readonly message?: string;
  }[];
}

export interface RestoreAnswer {
  readonly restore: {
    readonly preview: {
      readonly totalChanges: number;
      readonly restoredCount: number | null;
      readonly updatedCount: number | null;
      readonly deletedCount: number | null;
      readonly tables:
        | readonly {
            readonly table: string;
            readonly restoredCount: number;
            readonly updatedCount: number;
            readonly deletedCount: number;
          }[]
        | null;
      readonly rows: ChangePage;
    } | null;
    readonly restore: Restore | null;
    readonly confirmation: Confirmation | null;
  };
}

export const RESTORE_ROWS = `mutation Restore(
  $shardKeys: [ID!], $type: String, $shard: String, $all: Boolean, $time: String, $preview: Boolean!, $confirmation: String
) {
  restore(
    shardKeys: $shardKeys, type: $type, shard: $shard, all: $all, time: $time, first: 20, preview: $preview, confirmation: $confirmation
  ) {
    preview {
      totalChanges restoredCount updatedCount deletedCount
      tables { table restoredCount updatedCount deletedCount }
      rows { totalCount hasNextPage nodes { table key before after } }
    }
    restore { ${RESTORE} }
    confirmation { token }
  }
}`;

export interface RestoreAsAnswer {
  readonly restoreAs: {
    readonly preview: {
      readonly totalChanges: number;
      readonly tables: readonly { readonly type: string; readonly rowCount: number }[];
    } | null;
    readonly restore: Restore | null;
    readonly confirmation: Confirmation | null;
  };
}

export const RESTORE_AS = `mutation RestoreAs($shardKey: ID!, $as: ID!, $type: String, $time: String, $preview: Boolean!, $confirmation: String) {
  restoreAs(shardKey: $shardKey, as: $as, type: $type, time: $time, preview: $preview, confirmation: $confirmation) {
    preview { totalChanges tables { type rowCount } }
    restore { ${RESTORE} }
    confirmation { token }
  }
}`;

export const CANCEL_RESTORE = `mutation CancelRestore($id: ID!) {
  cancelRestore(id: $id) { ${RESTORE} }
}`;

export interface UndoRestoreAnswer {
  readonly undoRestore: {
    readonly preview: Restore | null;
    readonly restore: Restore | null;
    readonly confirmation: Confirmation | null;
  };
}

export const UNDO_RESTORE = `mutation UndoRestore($id: ID!, $preview: Boolean!, $confirmation: String) {
  undoRestore(id: $id, preview: $preview, confirmation: $confirmation) {
    preview { ${RESTORE} }
    restore { ${RESTORE} }
    confirmation { token }
  }
}`;

export interface UndoAnswer {
  readonly undo: {
    readonly restoredCount: number;
    readonly updatedCount: number;
    readonly deletedCount: number;
    readonly operationId: string | null;
    readonly changes: ChangePage;
    readonly conflicts: ChangePage;
    readonly shards: readonly {
      readonly name: string;
      readonly changedCount: number;
      readonly code: string | null;
      readonly message: string | null;
    }[];
    readonly confirmation: Confirmation | null;
  };
}

export const UNDO = `mutation Undo($operationId: ID!, $preview: Boolean!, $confirmation: String) {
  undo(operationId: $operationId, first: 20, preview: $preview, confirmation: $confirmation) {
    restoredCount updatedCount deletedCount operationId
    changes { totalCount hasNextPage nodes { table key before after } }
    conflicts { totalCount hasNextPage nodes { table key before after reason message } }
    shards { name changedCount code message }
    confirmation { token }
  }
}`;

export interface BookmarkRestoresAnswer {
  readonly bookmarkRestores: readonly {
    readonly id: string;
    readonly shard: string;
    readonly state: string;
    readonly reason: string | null;
    readonly time: string;
    readonly safeAt: string | null;
    readonly undoBookmark: string | null;
    readonly beganAt: string;
    readonly endedAt: string | null;
  }[];
}

export const BOOKMARK_RESTORES = `query BookmarkRestores {
  bookmarkRestores { id shard state reason time safeAt undoBookmark beganAt endedAt }
}`;

export interface RestoreBookmarkAnswer {
  readonly restoreBookmark: {
    readonly preview: {
      readonly shard: string;
      readonly time: string;
      readonly changeCount: number | null;
      readonly migrations: readonly string[];
      readonly cacheSeconds: number;
    } | null;
    readonly confirmation: Confirmation | null;
  };
}

export const RESTORE_BOOKMARK = `mutation RestoreBookmark($shard: String!, $time: String, $undoBookmark: String, $preview: Boolean!, $confirmation: String) {
  restoreBookmark(shard: $shard, time: $time, undoBookmark: $undoBookmark, preview: $preview, confirmation: $confirmation) {
    preview { shard time changeCount migrations cacheSeconds }
    restore { id state }
    confirmation { token }
  }
}`;
