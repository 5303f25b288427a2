import type { RowKey, Selection, WriteOperation } from '../../operation.ts';
import { anything, type Check, object, orNull, tagged } from '../known-members.ts';

type Of<Kind> = Extract<WriteOperation, { readonly kind: Kind }>;

const key = object<RowKey>({ columns: anything, values: anything });
/** The plan is checked where it is compiled. */
const select = orNull(object<NonNullable<Selection>>({ plan: anything, values: anything }));

/**
 * Holds a write to what this release knows: a condition that a shard leaves out would let a write pass that must not.
 *
 * @throws ShardQLError SHARD_UNAVAILABLE, to be tried again, for an operation of a newer release.
 */
export const checkOperation: Check = tagged('kind', {
  create: object<Of<'create'>>({ kind: anything, table: anything, values: anything, select }),
  update: object<Of<'update'>>({
    kind: anything,
    table: anything,
    key,
    set: anything,
    expectedVersion: anything,
    select,
  }),
  delete: object<Of<'delete'>>({ kind: anything, table: anything, key, expectedVersion: anything, select }),
} satisfies Record<WriteOperation['kind'], Check>);
