/** What `groupBy` means: rows by equal keys, then `having`, `orderBy` and `first`. */
import { type Compared, comparing, measure, measured, type Term } from './measures.ts';
import { periodStart } from './periods.ts';
import { type GroupKey, type GroupSelect, type Input, MEASURES, type Measure } from './query.ts';
import { and, not, or, type Truth } from './truth.ts';
import { holds } from './where.ts';
import { columnOf, type Entity, type Row, type Value } from './world.ts';

const DEFAULT_GROUPS = 100;

interface Group {
  readonly keys: readonly Value[];
  readonly rows: readonly Row[];
}

export function groupRows(entity: Entity, rows: readonly Row[], select: GroupSelect): unknown[] {
  const { by, having = {}, orderBy = [], first = DEFAULT_GROUPS, measures } = select;
  const byKeys = Map.groupBy(rows, (row) => JSON.stringify(by.map((key) => keyOf(row, key))));
  const groups = [...byKeys].map(([keys, members]): Group => ({ keys: JSON.parse(keys), rows: members }));
  const kept = groups.filter((group) => isKept(entity, by, group, having) === true);
  const terms = [
    ...orderBy.map((entry) => termOf(entity, by, entry)),
    ...by.map(({ column }) => termOf(entity, by, { keys: { [column]: 'ASC' } })),
  ];
  return kept
    .sort(comparing(terms))
    .slice(0, first)
    .map((group) => ({
      keys: Object.fromEntries(by.map(({ column }, at) => [column, group.keys[at]])),
      ...measuresOf(entity, group.rows, measures),
    }));
}

function keyOf(row: Row, { column, trunc, timeZone = 'UTC' }: GroupKey): Value {
  const value = row[column]!;
  return trunc === undefined || value === null ? value : periodStart(String(value), trunc, timeZone);
}

/** `{ count, sum: { … }, … }` with what is measured. */
export function measuresOf(
  entity: Entity,
  rows: readonly Row[],
  measures: readonly Measure[],
): Record<string, unknown> {
  const answer: Record<string, Record<string, Value> | Value> = {};
  for (const { op, column } of measures) {
    const of = column === undefined ? undefined : columnOf(entity, column);
    if (of === undefined) answer[op] = measure(op, of, rows);
    else answer[op] = { ...(answer[op] as Record<string, Value>), [of.name]: measure(op, of, rows) };
  }
  return answer;
}

function isKept(entity: Entity, by: readonly GroupKey[], group: Group, having: Input): Truth {
  const inner = (one: Input) => isKept(entity, by, group, one);
  return and(
    Object.entries(having).map(([name, value]) => {
      if (name === 'AND') return and((value as Input[]).map(inner));
      if (name === 'OR') return or((value as Input[]).map(inner));
      if (name === 'NOT') return not(inner(value as Input));
      if (name === 'count') return holds({ kind: 'int', stored: {} }, group.rows.length, value as Input);
      return and(
        Object.entries(value as Input).map(([column, operators]) => {
          const part = partOf(entity, by, name, column);
          return holds(part.compared, part.value(group), operators as Input);
        }),
      );
    }),
  );
}

function termOf(entity: Entity, by: readonly GroupKey[], entry: Input): Term<Group> {
  const [[name, inner]] = Object.entries(entry) as [[string, unknown]];
  if (name === 'count') {
    return { value: ({ rows }) => rows.length, compared: { kind: 'int', stored: {} }, direction: inner as string };
  }
  const [[column, direction]] = Object.entries(inner as Input) as [[string, string]];
  return { ...partOf(entity, by, name, column), direction };
}

/** A key or a measure of groups. */
function partOf(entity: Entity, by: readonly GroupKey[], name: string, column: string) {
  const of = columnOf(entity, column);
  const op = MEASURES.find((one) => one === name);
  const compared: Compared = op === undefined ? of : measured(op, of);
  const at = by.findIndex((key) => key.column === column);
  const value = ({ keys, rows }: Group): Value => (op === undefined ? keys[at]! : measure(op, of, rows));
  return { compared, value };
}
