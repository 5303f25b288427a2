import type { TableModel, WireValue } from '../../../model/types.ts';
import type { RowMatch } from '../../../plans/arguments/row-key.ts';
import type { RowOperation, Selection } from '../../../shards/operation.ts';
import { toShardKey } from '../../../shards/shard-key.ts';
import { missingValue } from './column-values.ts';
import { withInputPath } from './input-path.ts';
import { placeOperation } from './nested/draft-values.ts';
import type { OperationList } from './nested/operation-list.ts';
import type { DraftRow } from './nested/related-rows.ts';
import type { OperationPlace } from './operation-place.ts';

/**
 * What a mutation of one row writes, as far as its arguments tell: nothing has been read for it. The operations of several
 * drafts under one shard key may travel together, and are then one transaction.
 */
export interface WriteDraft extends DraftSubject {
  /** Pure, so that it may be asked again, at another place. */
  readonly operationsAt: (place: WritePlace) => DraftedOperations;
}

/** What a draft is about. */
export interface DraftSubject extends DraftedShardKey {
  /** Of the row that is shown. */
  readonly table: TableModel;
  /** The row is one that was deleted and kept. Default: it is one that was not. */
  readonly ofDeleted?: boolean;
}

/** What arguments tell of the shard key that all rows written have. */
export interface DraftedShardKey {
  /** Null: they do not name one. */
  readonly shardKey: Exclude<WireValue, null> | null;
  /** What it is if nobody names one: a default has made it. Null: nothing. */
  readonly defaultShardKey: Exclude<WireValue, null> | null;
  /** The table of a new row whose shard key no other row of that table has. Null or left out: there is no such row. */
  readonly newRoot?: TableModel | null;
  /** By what the row is looked for in all shards if nothing else tells; null: it cannot be. */
  readonly lookup: RowMatch | null;
  /** The argument that holds the data of a new row. Default: `data`. */
  readonly dataArgument?: string;
}

/**
 * The shard key of a draft that stands alone; null: its row has to be looked for.
 *
 * @throws ShardQLError NOT_NULL_VIOLATION if nothing tells it.
 */
export function knownShardKey({
  table,
  shardKey,
  defaultShardKey,
  lookup,
  dataArgument = 'data',
}: DraftSubject): DraftSubject['shardKey'] {
  const known = shardKey ?? defaultShardKey;
  if (known === null && lookup === null) throw withInputPath(missingValue(table, table.shardKey), [dataArgument]);
  return known;
}

/** Where in a request, and under which shard key, a draft is written. */
export interface WritePlace {
  /** That of the draft, or what was found for it. */
  readonly shardKey: Exclude<WireValue, null>;
  /** What is shown of the row. */
  readonly select: Selection;
  /** The index of the draft's first operation: later ones refer to earlier ones by index. */
  readonly first: number;
  /** Indices of the operations that show the rows of the drafts before it, by number of draft. */
  readonly rows: readonly number[];
}

export interface DraftedOperations {
  /** In the order in which they are applied. */
  readonly operations: readonly RowOperation[];
  /** Of each of them. */
  readonly places: readonly OperationPlace[];
  /** Position among `operations` of the one whose row is shown: it alone has the place's selection. */
  readonly shown: number;
}

/** The draft of a row, and of all that is written with it. */
export function rowDraft(list: OperationList, { table, operation: shown }: DraftRow, key: DraftedShardKey): WriteDraft {
  const { model, operations, places } = list;
  return {
    table,
    ...key,
    operationsAt: ({ shardKey, select, first, rows }) => {
      const place = { shardKey: toShardKey(table.shardKey, shardKey), first, rows };
      return {
        operations: operations.map((operation, index) => {
          const placed = placeOperation(model, operation, place);
          return index === shown ? ({ ...placed, select } as RowOperation) : placed;
        }),
        places,
        shown,
      };
    },
  };
}
