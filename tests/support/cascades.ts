import {
  foreignKey,
  primaryKey,
  type SQLiteColumn,
  type SQLiteTableWithColumns,
  sqliteTable,
  text,
  unique,
} from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../src/model/define-model.ts';
import type { Model } from '../../src/model/types.ts';

/** Tables `T0`, `T1`, … with foreign keys between them. */
export interface CascadingTables {
  readonly tables: number;
  /** Pairs of a table's number and that of the table it refers to. */
  readonly references: readonly (readonly [child: number, parent: number])[];
  /** Default: `onDelete`. */
  readonly action?: 'onDelete' | 'onUpdate';
  /** The column that is referred to, beside the shard key. Default: `id`, of the primary key. `code` may change. */
  readonly key?: 'id' | 'code';
}

export const chainOf = (tables: number): CascadingTables => ({
  tables,
  references: Array.from({ length: tables - 1 }, (_, at) => [at + 1, at] as const),
});

export const circleOf = (tables: number): CascadingTables => ({
  tables,
  references: [...chainOf(tables).references, [0, tables - 1]],
});

/** Two tables that refer to each other, and a chain of the others below one of them. */
export const chainBelowCircle = (tables: number): CascadingTables => ({
  tables,
  references: [
    ...chainOf(tables).references.map(([child, parent]) => [child, child === 2 ? 0 : parent] as const),
    [0, 1],
  ],
});

/** A chain of tables each of which refers to itself too. */
export const chainOfTrees = (tables: number): CascadingTables => ({
  tables,
  references: [...chainOf(tables).references, ...Array.from({ length: tables }, (_, at) => [at, at] as const)],
});

/** @param isDeclared which of the foreign keys the model has; default: all. */
export function cascadingModel(shape: CascadingTables, isDeclared: (reference: number) => boolean = () => true): Model {
  const { action = 'onDelete', key = 'id', references } = shape;
  // biome-ignore lint/suspicious/noExplicitAny: columns made in a loop have no type of their own.
  const tables: SQLiteTableWithColumns<any>[] = numbers(shape).map((at) => {
    const own = [...references.entries()].filter(([, [child]]) => child === at);
    const columns = Object.fromEntries(own.map(([reference]) => [`r${reference}`, text()]));
    return sqliteTable(`t${at}`, { owner: text().notNull(), id: text().notNull(), code: text(), ...columns }, (t) => [
      primaryKey({ columns: [t.owner, t.id] }),
      unique().on(t.owner, t.code),
      ...own
        .filter(([reference]) => isDeclared(reference))
        .map(([reference, [, parent]]) => {
          const target = tables[parent]!;
          const column = (t as unknown as Readonly<Record<string, SQLiteColumn>>)[`r${reference}`]!;
          const declared = foreignKey({ columns: [t.owner, column], foreignColumns: [target.owner, target[key]] });
          return action === 'onDelete' ? declared.onDelete('cascade') : declared.onUpdate('cascade');
        }),
    ]);
  });
  return defineModel(
    Object.fromEntries(tables.map((table, at) => [`T${at}`, { table, shardKey: 'owner', list: `all${at}` }])),
  );
}

/**
 * The tables in SQL, in the order in which SQLite nests cascades deepest: it follows the foreign keys of the latest table
 * first, and in a table the last.
 */
export const cascadingSql = (shape: CascadingTables): string[] =>
  numbers(shape)
    .reverse()
    .map((at) => {
      const own = [...shape.references.entries()].filter(([, [child]]) => child === at);
      const action = shape.action === 'onUpdate' ? 'UPDATE' : 'DELETE';
      return `CREATE TABLE t${at} (owner TEXT NOT NULL, id TEXT NOT NULL, code TEXT, ${own.map(([reference]) => `r${reference} TEXT, `).join('')}
        _version INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (owner, id), UNIQUE (owner, code)
        ${own.map(([reference, [, parent]]) => `, FOREIGN KEY (owner, r${reference}) REFERENCES t${parent} (owner, ${shape.key ?? 'id'}) ON ${action} CASCADE`).join('')})`;
    });

const numbers = ({ tables }: CascadingTables): number[] => [...Array(tables).keys()];
