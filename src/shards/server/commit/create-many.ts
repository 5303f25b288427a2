import { violated } from '../../../lib/invariant.ts';
import type { OnConflict } from '../../operation.ts';
import { any, object, orNull } from '../shape-check.ts';
import { readConflicts, readRows } from './create-many-rows.ts';
import { CreateManyWriter } from './create-many-writer.ts';
import { SELECTION } from './members.ts';
import type { OperationKind } from './operations.ts';

export const createManyOperation: OperationKind<'createMany'> = {
  shape: object({
    kind: any,
    table: any,
    columns: any,
    rows: any,
    onConflict: orNull(object<OnConflict>({ key: any, set: any })),
    expectedVersions: any,
    select: SELECTION,
  }),

  apply(scope, table, operation) {
    const { access } = scope;
    access?.requireCreate(table);
    const conflicts = readConflicts(table, operation.onConflict);
    const rows = readRows(scope, table, operation, conflicts);
    // Later operations may refer to a row that is the only one.
    const givesKeys = operation.select !== null || rows.length === 1 || access?.followsNewRows(table) === true;
    const writer = new CreateManyWriter(scope, table, conflicts, operation.expectedVersions, givesKeys);
    writer.write(rows);
    const { outcomes, primaryKeys, changed } = writer;
    access?.created(
      table,
      primaryKeys.map((key, at) => (outcomes[at] === 'INSERTED' ? key : null)),
      true,
    );
    access?.changed(
      table,
      outcomes.map((outcome, at) => (outcome === 'UPDATED' ? (changed.get(at) ?? null) : null)),
      true,
    );
    return {
      outcomes: writer.outcomes,
      primaryKeys: writer.primaryKeys,
      select: operation.select,
      values: () => null,
      foreignKeyError: () => violated('Expected a row to be read, but got one that is written.'),
    };
  },
};
