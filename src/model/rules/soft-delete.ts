import { whereColumn, whereTable } from '../model-draft.ts';
import { anyCode, code, textCode } from '../snippets.ts';
import type { ColumnModel } from '../types.ts';
import type { ModelRule } from './rule.ts';

/** The column of `softDelete` holds moments or nothing, and nobody but ShardQL writes it. */
export const softDeleteRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    if (table.softDelete === null) continue;
    const column = table.columnByName.get(table.softDelete);
    if (column === undefined) {
      const fitting = table.columns.filter((one) => flawOf(one) === null).map(({ name }) => name);
      report({
        where: whereTable(table),
        message: `Expected softDelete to name a column, but got ${JSON.stringify(table.softDelete)}.`,
        remedy:
          fitting.length > 0
            ? `Write ${anyCode(fitting.map((name) => `softDelete: ${textCode(name)}`))}.`
            : `Add a column ${code("deletedAt: dateTime('deleted_at')")}, and write ${code("softDelete: 'deletedAt'")}.`,
      });
      continue;
    }
    const flaw = flawOf(column);
    if (flaw === null) continue;
    report({
      where: whereColumn(table, column.name),
      message: `Expected softDelete to name a nullable column for moments without a default, but got ${flaw.got}.`,
      remedy: flaw.remedy,
    });
  }
};

interface Flaw {
  readonly got: string;
  readonly remedy: string;
}

function flawOf(column: ColumnModel): Flaw | null {
  if (column.generated) return { got: 'a generated column', remedy: 'Name a column that can be written.' };
  if (column.scalar !== 'DateTime') {
    return {
      got: column.scalar,
      remedy: `Declare it with ${anyCode(['dateTime()', "integer({ mode: 'timestamp_ms' })"])}.`,
    };
  }
  if (column.notNull) {
    return {
      got: 'one that is NOT NULL',
      remedy: `Take ${code('.notNull()')} away: NULL says that the row is not deleted.`,
    };
  }
  if (column.hasSqlDefault || column.defaultFn !== null || column.onUpdateFn !== null) {
    return {
      got: 'one with a default',
      remedy: 'Take the default away: new rows are not deleted, and updates delete none.',
    };
  }
  return null;
}
