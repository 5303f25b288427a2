/** How each stored column of a table gets its values from the table as it was. */
import type { TableChange } from '../change/change.ts';
import type { DatabaseTable } from '../schema/database-schema.ts';
import type { TableFacts } from '../schema/facts.ts';
import { type Conversion, conversion } from './conversion.ts';
import { formOfType } from './form-of-type.ts';

export interface CarriedColumn {
  readonly name: string;
  /** Name in the table as it was. */
  readonly source: string;
  /** Null: there is none. */
  readonly conversion: Conversion | null;
  /** SQL of the value that rows with NULL get; null: NULL stays. */
  readonly fill: string | null;
}

/** Columns that get values of the old table. All others that are stored get their defaults. */
export function carriedColumns(
  { columnSources }: TableChange,
  old: DatabaseTable,
  table: DatabaseTable,
  oldFacts: TableFacts | undefined,
  facts: TableFacts | undefined,
): CarriedColumn[] {
  return [...columnSources].flatMap(([name, source]) => {
    const column = table.columns.get(name)!;
    if (source === null || column.generated !== null) return [];
    const oldColumn = old.columns.get(source)!;
    const from = oldFacts?.columns[source] ?? formOfType(oldColumn.type);
    const to = facts?.columns[name] ?? formOfType(column.type);
    // Without facts of before, columns of one type are taken for equal.
    const isUnknown = oldFacts === undefined && oldColumn.type === column.type;
    return [
      {
        name,
        source,
        conversion: isUnknown ? { sql: null, mayMisfit: false } : conversion(from, to),
        fill: column.notNull && !oldColumn.notNull ? column.default : null,
      },
    ];
  });
}
