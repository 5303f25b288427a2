/** Changes that no migration can make without losing rows or inventing values. */
import type { CarriedColumn } from '../plan/carried-columns.ts';
import { kindOf } from '../plan/conversion.ts';
import type { DatabaseTable } from '../schema/database-schema.ts';
import type { TableFacts } from '../schema/facts.ts';
import type { TableChange } from './change.ts';

/** One sentence per reason, with what to do. */
export function refusals(
  change: TableChange,
  old: DatabaseTable,
  table: DatabaseTable,
  carried: readonly CarriedColumn[],
  oldFacts: TableFacts | undefined,
  facts: TableFacts,
): string[] {
  return [
    ...shardKeyRefusals(change, carried, oldFacts, facts),
    ...[...change.columnSources].flatMap(([name, source]) => (source === null ? emptyColumnRefusals(table, name) : [])),
    ...carried.flatMap((column) =>
      column.conversion === null
        ? [
            `Expected values of column "${column.source}" of table "${old.name}" that can become those of "${column.name}", but got ${nameOfForm(oldFacts, column.source)} that would be ${nameOfForm(facts, column.name)}. Give the new column another name and fill it yourself, or give up the values with --drop ${old.name}.${column.source}.`,
          ]
        : [],
    ),
  ];
}

/** Where a row lives is worked out from its shard key: with another one, rows would not be found where they are. */
function shardKeyRefusals(
  change: TableChange,
  carried: readonly CarriedColumn[],
  oldFacts: TableFacts | undefined,
  facts: TableFacts,
): string[] {
  if (oldFacts === undefined) return [];
  const column = carried.find(({ name }) => name === facts.shardKey);
  const [was, is] = [oldFacts.columns[oldFacts.shardKey]!, facts.columns[facts.shardKey]!];
  const isKept = column?.source === oldFacts.shardKey && was.wire === is.wire && !column.conversion?.sql;
  if (isKept) return [];
  const got =
    column?.source === oldFacts.shardKey
      ? `${kindOf(was)} that would be ${kindOf(is)}`
      : `"${facts.shardKey}" instead of "${oldFacts.shardKey}"`;
  return [
    `Expected table "${change.name}" to keep its shard key, by which its rows are found, but got ${got}. To move the rows: export the table with the old release (npm run shardql -- export), drop it with --drop ${change.source}, so that an empty one takes its place (likewise the tables that refer to it), start the new release, and import the rows. Or declare a table of another name beside it, and copy the rows with the API.`,
  ];
}

/** A column that existing rows have no value for. */
function emptyColumnRefusals(table: DatabaseTable, name: string): string[] {
  const { notNull, default: value, generated } = table.columns.get(name)!;
  const isEmpty = notNull && generated === null && (value === null || /^null$/i.test(value));
  return isEmpty
    ? [
        `Expected the new column "${name}" of table "${table.name}" to have a value for existing rows, but got NOT NULL without a default in SQL. Give it .default(…), or leave out .notNull().`,
      ]
    : [];
}

const nameOfForm = (facts: TableFacts | undefined, column: string): string => {
  const form = facts?.columns[column];
  return form === undefined ? 'values of another type' : kindOf(form);
};
