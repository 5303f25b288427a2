import type { PlanNode } from './node.ts';
import type { JoinRows, RelatedRows, Source } from './source.ts';
import { visitPlan } from './visit-plan.ts';

/** Columns of a table that rows are looked up or put in order by, so that an index on them may serve. */
export interface Lookup {
  /** GraphQL type. */
  readonly table: string;
  /** GraphQL names, in alphabetical order. */
  readonly columns: readonly string[];
}

/** What a plan looks rows up by, in all of its parts, one for each table. Columns that are only shown are not among it. */
export function lookupsOf(root: PlanNode): Lookup[] {
  const byTable = new Map<string, Set<string>>();
  const add = (table: string, columns: readonly (string | null)[]) => {
    const known = byTable.get(table) ?? new Set();
    byTable.set(table, known);
    for (const column of columns) if (column !== null) known.add(column);
  };
  visitPlan(root, {
    source: (source) => add(source.table, keysOf(source)),
    filter: (filter, { table }) => {
      if ('column' in filter) add(table, [filter.column]);
      if ('columns' in filter) add(table, filter.columns);
    },
  });
  return [...byTable]
    .filter(([, columns]) => columns.size > 0)
    .map(([table, columns]) => ({ table, columns: [...columns].sort() }));
}

type Part = Source &
  Partial<Pick<PlanNode, 'match' | 'page'> & Pick<RelatedRows, 'match'> & Pick<JoinRows, 'from' | 'to'>>;

/** By what a node, related rows or a join finds its rows, and puts them in order or in groups. */
function keysOf(source: Source): (string | null)[] {
  const { match = [], from = [], to = [], page, hiddenBy } = source as Part;
  const joined = 'to' in source ? [...from, ...to] : [];
  const ordered = (page?.orderBy ?? []).map(({ column }) => column);
  const groups = (page?.groups ?? []).flatMap(({ keys, measures }) => [...keys, ...measures]);
  const measured = [...groups, ...(page?.aggregate ?? [])].map(({ column }) => column);
  return [hiddenBy, ...match, ...joined, ...ordered, ...measured];
}
