import type { TableModel, WireValue } from '../../../model/types.ts';
import type { RowMatch } from '../../../plans/arguments/row-key.ts';
import type { RowOperation, Selection } from '../../../shards/operation.ts';

/**
 * What a mutation of one row writes, as far as its arguments tell: nothing has been read for it. The operations of several
 * drafts under one shard key may travel together, and are then one transaction.
 */
export interface WriteDraft {
  /** Of the row that is shown. */
  readonly table: TableModel;
  /** Value of the shard key that all rows written have; null: the arguments do not name one. */
  readonly shardKey: Exclude<WireValue, null> | null;
  /** By what the row is looked for in all shards if nothing else tells its shard key; null: it need not be. */
  readonly lookup: RowMatch | null;
  /** The row is one that was deleted and kept. Default: it is one that was not. */
  readonly ofDeleted?: boolean;
  /** Pure, so that it may be asked again, at another place. */
  readonly operationsAt: (place: WritePlace) => DraftedOperations;
}

/** Where in a request, and under which shard key, a draft is written. */
export interface WritePlace {
  /** That of the draft, or what was found for it. */
  readonly shardKey: Exclude<WireValue, null>;
  /** What is shown of the row. */
  readonly select: Selection;
  /** The index of the draft's first operation: later ones refer to earlier ones by index. */
  readonly first: number;
}

interface DraftedOperations {
  /** In the order in which they are applied. */
  readonly operations: readonly RowOperation[];
  /** Position among `operations` of the one whose row is shown: it alone has the place's selection. */
  readonly shown: number;
}
