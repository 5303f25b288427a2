import type { ShownPage } from '../../../resolvers/operator/pages.ts';
import type { RestoredTable, ShownPreview } from '../../../resolvers/operator/recovery/restore-action.ts';
import type { ShownCopyPreview } from '../../../resolvers/operator/recovery/restore-copy.ts';
import type { ShownRow } from '../../../shards/undo.ts';
import type { OperatorBuilder } from '../operator-builder.ts';

/** `RestorePreview`, and what it consists of. */
export function declarePreview(builder: OperatorBuilder) {
  const row = builder.objectRef<ShownRow>('RestoreChange').implement({
    description: 'A row that a restore changes. Long values are abbreviated, with `…` at their end.',
    fields: (t) => ({
      table: t.exposeString('table', { description: 'The GraphQL type of its table.' }),
      key: t.expose('key', { type: 'JSON', description: 'Its primary key.' }),
      before: t.expose('before', {
        type: 'JSON',
        nullable: true,
        description: 'As it is now; of a row that is there before and after, the columns that differ. Null: not there.',
      }),
      after: t.expose('after', { type: 'JSON', nullable: true, description: 'As it was then. Null: not there.' }),
    }),
  });
  const page = builder.objectRef<ShownPage<ShownRow>>('RestoreChangePage').implement({
    description: 'A part of a list of rows. Fewer rows than asked for may come where they are large.',
    fields: (t) => ({
      totalCount: t.exposeInt('totalCount', { description: 'Length of the list.' }),
      hasNextPage: t.exposeBoolean('hasNextPage', { description: 'There are more rows.' }),
      endCursor: t.exposeString('endCursor', { nullable: true, description: 'For `after`. Null: no row is shown.' }),
      nodes: t.field({ type: [row], description: 'The rows.', resolve: ({ nodes }) => [...nodes] }),
    }),
  });
  const table = builder.objectRef<RestoredTable>('RestoredTable').implement({
    description: 'How many rows of a table a restore changes.',
    fields: (t) => ({
      table: t.exposeString('table', { description: 'Its GraphQL type.' }),
      restoredCount: t.exposeInt('restored', { description: 'Rows that were there then, and are not now.' }),
      updatedCount: t.exposeInt('updated', { description: 'Rows that have other values now.' }),
      deletedCount: t.exposeInt('deleted', { description: 'Rows that are there now, and were not then.' }),
    }),
  });
  return builder.objectRef<ShownPreview>('RestorePreview').implement({
    description:
      'What a restore would do. Counts of rows are null where a shard has more than 20,000 changes to take back.',
    fields: (t) => ({
      totalChanges: t.exposeInt('changes', { description: 'Changes in the log that would be taken back.' }),
      restoredCount: t.exposeInt('restored', {
        nullable: true,
        description: 'Rows that were there then, and are not now.',
      }),
      updatedCount: t.exposeInt('updated', { nullable: true, description: 'Rows that have other values now.' }),
      deletedCount: t.exposeInt('deleted', {
        nullable: true,
        description: 'Rows that are there now, and were not then.',
      }),
      tables: t.field({
        type: [table],
        nullable: true,
        description: 'The same by table; those of which no row changes are left out.',
        resolve: ({ tables }) => tables && [...tables],
      }),
      rows: t.field({ type: page, description: 'What would become of each.', resolve: (each) => each.rows }),
    }),
  });
}

/** `RestoreAsPreview`. */
export function declareCopyPreview(builder: OperatorBuilder) {
  const table = builder.objectRef<ShownCopyPreview['tables'][number]>('RestoreAsTable').implement({
    description: 'A table that had rows.',
    fields: (t) => ({
      type: t.exposeString('type', { description: 'Its GraphQL type.' }),
      rowCount: t.exposeInt('count', { description: 'How many rows would be written.' }),
    }),
  });
  return builder.objectRef<ShownCopyPreview>('RestoreAsPreview').implement({
    description: 'What would be written.',
    fields: (t) => ({
      totalChanges: t.exposeInt('changes', { description: 'Changes since then in the log, which are left out.' }),
      tables: t.field({
        type: [table],
        description: 'Those that had rows.',
        resolve: (each) => [...each.tables],
      }),
    }),
  });
}
