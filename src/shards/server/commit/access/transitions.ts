/** Which changes of rows are allowed, by what they are before and after the transaction. */
import type { ColumnModel, TableModel } from '../../../../model/types.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import type { TransitionTests } from '../../../write-rules.ts';
import { readColumns } from '../stored-rows.ts';
import type { NamedRow } from './caller-access.ts';
import type { RowTests } from './row-tests.ts';

/** What a row was before the commit changed it. */
export interface StateBefore {
  /** Of each transition, whether its `from` was true. */
  readonly held: readonly boolean[];
  /** The values of the columns that the transitions look at. */
  readonly values: string | undefined;
}

export class Transitions {
  readonly #table: TableModel;
  readonly #list: readonly TransitionTests[];
  readonly #tests: RowTests;
  readonly #session: SqlSession;
  /** That the rules look at, of the row itself. */
  readonly #columns: readonly ColumnModel[];
  readonly #areOfRowAlone: boolean;

  constructor(table: TableModel, list: readonly TransitionTests[], tests: RowTests, session: SqlSession) {
    this.#table = table;
    this.#list = list;
    this.#tests = tests;
    this.#session = session;
    const needs = list.flatMap(({ from, to }) => [tests.needsOf(from), tests.needsOf(to)]);
    const names = new Set(needs.flatMap(({ columns }) => [...columns]));
    this.#columns = table.columns.filter(
      (column) => names.has(column.name) && !table.primaryKey.columns.includes(column),
    );
    this.#areOfRowAlone = needs.every(({ tables }) => tables.size === 0);
  }

  /** Whether a change of these columns may be one that the rules see. */
  areAbout(changed: readonly ColumnModel[]): boolean {
    if (!this.#areOfRowAlone) return true;
    return this.#columns.some((column) => column.generated || changed.includes(column));
  }

  /** What rows are now, before they change. */
  statesOf(rows: readonly NamedRow[]): StateBefore[] {
    const values = this.#valuesOf(rows);
    const keys = rows.map(({ primaryKey }) => primaryKey);
    const held = this.#list.map(({ from }) => this.#tests.finds(from, keys));
    return rows.map(({ rowId }, at) => ({
      held: held.map((ofRows) => ofRows[at]!),
      values: values.get(rowId),
    }));
  }

  /**
   * For each row, whether it is now what it may become, or is what it was. From one state to another that the same `from` finds is
   * a change like any other: where one may pay or cancel what is open or reserved, nobody may reserve.
   */
  allow(rows: readonly NamedRow[], before: readonly StateBefore[]): boolean[] {
    const allowed = rows.map(() => false);
    const allowIfFound = (test: TransitionTests['from'], isMeant: (at: number) => boolean): void => {
      const open = [...rows.keys()].filter((at) => !allowed[at] && isMeant(at));
      const keys = open.map((at) => rows[at]!.primaryKey);
      for (const [position, isFound] of this.#tests.finds(test, keys).entries()) {
        if (isFound) allowed[open[position]!] = true;
      }
    };
    for (const [index, { to }] of this.#list.entries()) allowIfFound(to, (at) => before[at]!.held[index]!);
    if (allowed.every(Boolean)) return allowed;
    const values = this.#valuesOf(rows);
    const stays = rows.map(({ rowId }, at) => values.get(rowId) === before[at]!.values);
    if (this.#areOfRowAlone) return allowed.map((isAllowed, at) => isAllowed || stays[at]!);
    // Other rows may have changed meanwhile, by which the state is another one.
    for (const [index, { from }] of this.#list.entries()) {
      allowIfFound(from, (at) => stays[at]! && before[at]!.held[index]!);
    }
    return allowed;
  }

  /** By row id. */
  #valuesOf(rows: readonly NamedRow[]): ReadonlyMap<string, string> {
    const rowIds = rows.map(({ rowId }) => rowId);
    const found = readColumns(this.#session, this.#table, this.#columns, rowIds);
    return new Map([...found].map(([rowId, values]) => [rowId, JSON.stringify(values)]));
  }
}
