import type { Outcome } from '../../../resolvers/operator/confirmation/confirmed.ts';
import type { ShownPage } from '../../../resolvers/operator/pages.ts';
import type { UndoPayload } from '../../../resolvers/operator/recovery/undo.ts';
import {
  type ShardUndone,
  type ShownConflict,
  type ShownRow,
  UNDO_CONFLICTS,
  type UndoConflictReason,
} from '../../../shards/undo.ts';
import { confirmationOf } from '../confirmation/confirmation-type.ts';
import type { OperatorBuilder } from '../operator-builder.ts';

const REASONS: Readonly<Record<UndoConflictReason, string>> = {
  CHANGED_SINCE: 'A later write has changed the row.',
  DELETED_SINCE: 'A later write has deleted the row.',
  CREATED_AGAIN: 'The operation deleted the row, and there is one with its key again.',
  VALUE_TAKEN: 'Another row has a value by now that is unique.',
  PARENT_MISSING: 'The row would refer to one that is not there.',
  STILL_REFERRED: 'Rows refer to it that stay: an undo deletes and changes no row that its operation did not change.',
  SCHEMA_CHANGED: 'A migration has dropped its table or a column since, or may have converted values.',
  INVALID_VALUE: 'The model does not let its old values pass any more.',
  SLOT_MOVED: 'The row is in another shard by now.',
};

/** `UndoPayload`, and what it consists of. */
export function declareUndoPayload(builder: OperatorBuilder) {
  const reason = builder.enumType('UndoConflictReason', {
    description: 'Why a row stays as it is.',
    values: Object.fromEntries(UNDO_CONFLICTS.map((value) => [value, { value, description: REASONS[value] }])),
  });
  const row = builder.interfaceRef<ShownRow>('UndoRow').implement({
    description: 'A row that the operation changed. Long values are abbreviated, with `…` at their end.',
    fields: (t) => ({
      table: t.exposeString('table', { description: 'The GraphQL type of its table.' }),
      key: t.expose('key', { type: 'JSON', description: 'Its primary key.' }),
      before: t.expose('before', {
        type: 'JSON',
        nullable: true,
        description: 'As it is without the undo; of a changed row, the columns that differ. Null: not there.',
      }),
      after: t.expose('after', {
        type: 'JSON',
        nullable: true,
        description: 'As it is after the undo; of a conflict, as it would be. Null: not there.',
      }),
    }),
  });
  const change = builder.objectRef<ShownRow>('UndoChange').implement({
    description: 'A row that goes back.',
    interfaces: [row],
  });
  const conflict = builder.objectRef<ShownConflict>('UndoConflict').implement({
    description: 'A row that stays.',
    interfaces: [row],
    fields: (t) => ({
      reason: t.field({ type: reason, description: 'Why it stays.', resolve: (left) => left.reason }),
      message: t.exposeString('message', { description: 'The same in words.' }),
    }),
  });
  const page = builder.interfaceRef<ShownPage<ShownRow>>('UndoPage').implement({
    description: 'A part of a list of rows. Fewer rows than asked for may come where they are large.',
    fields: (t) => ({
      totalCount: t.exposeInt('totalCount', { description: 'Length of the list.' }),
      hasNextPage: t.exposeBoolean('hasNextPage', { description: 'There are more rows.' }),
      endCursor: t.exposeString('endCursor', { nullable: true, description: 'For `after`. Null: no row is shown.' }),
    }),
  });
  const changes = builder.objectRef<ShownPage<ShownRow>>('UndoChangePage').implement({
    interfaces: [page],
    fields: (t) => ({
      nodes: t.field({ type: [change], description: 'The rows.', resolve: ({ nodes }) => [...nodes] }),
    }),
  });
  const conflicts = builder.objectRef<ShownPage<ShownConflict>>('UndoConflictPage').implement({
    interfaces: [page],
    fields: (t) => ({
      nodes: t.field({ type: [conflict], description: 'The rows.', resolve: ({ nodes }) => [...nodes] }),
    }),
  });
  const shard = builder.objectRef<ShardUndone>('UndoShard').implement({
    description: 'What one shard of the operation did. Each is atomic by itself.',
    fields: (t) => ({
      name: t.exposeString('shard', { description: 'Of the shard.' }),
      changedCount: t.int({
        description: 'Rows that have gone back, or would.',
        resolve: (each) => ('error' in each ? 0 : each.restored + each.updated + each.deleted),
      }),
      code: t.string({
        nullable: true,
        description: 'Why it did nothing: an error code.',
        resolve: (each) => ('error' in each ? each.error.code : null),
      }),
      message: t.string({
        nullable: true,
        description: 'The same in words.',
        resolve: (each) => ('error' in each ? each.error.message : null),
      }),
    }),
  });
  return builder
    .objectRef<UndoPayload & Pick<Outcome<UndoPayload, UndoPayload>, 'confirmation'>>('UndoPayload')
    .implement({
      description: 'What an undo did, or would do.',
      fields: (t) => ({
        operationId: t.exposeID('operationId', {
          nullable: true,
          description:
            'Of the undo itself, by which it can be undone. Null for a preview, and where nothing was changed.',
        }),
        restoredCount: t.exposeInt('restored', {
          description: 'Rows that the operation deleted, and that are there again.',
        }),
        updatedCount: t.exposeInt('updated', {
          description: 'Rows that the operation updated, and that have their values of before again.',
        }),
        deletedCount: t.exposeInt('deleted', {
          description: 'Rows that the operation created, and that are gone again.',
        }),
        changes: t.field({ type: changes, description: 'Rows that go back.', resolve: (undone) => undone.changes }),
        conflicts: t.field({ type: conflicts, description: 'Rows that stay.', resolve: (undone) => undone.conflicts }),
        shards: t.field({
          type: [shard],
          description: 'The shards of the operation.',
          resolve: (undone) => [...undone.shards],
        }),
        confirmation: t.field(confirmationOf(builder)),
      }),
    });
}
