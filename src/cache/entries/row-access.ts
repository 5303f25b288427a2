/** Access rules that a row itself decides: they are applied to row entries, which hold rows for all readers. */
import type { Model, TableModel, WireKind } from '../../model/types.ts';
import type { RowAnswer } from '../../shards/plan/answer.ts';
import type { Filter } from '../../shards/plan/filter.ts';
import type { PlanValue } from '../../shards/plan/value.ts';

/** Whose equal wire values are equal stored values, and the reverse. */
const EXACT: readonly WireKind[] = ['text', 'int', 'int64', 'blob'];

/** True if whether a row fits the filter shows in its columns, by comparing them for equality alone: what SQLite would say is certain. */
export function isDecidedByRow(model: Model, type: string, filter: Filter): boolean {
  const table = model.table(type);
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.terms.every((term) => isDecidedByRow(model, type, term));
    case 'not':
    case 'isTrue':
      return isDecidedByRow(model, type, filter.term);
    case 'eq':
    case 'ne':
    case 'in':
    case 'notIn':
      return isExact(table, filter.column);
    case 'isNull':
      return table.columnByName.has(filter.column);
    default:
      return false;
  }
}

const isExact = ({ columnByName }: TableModel, name: string): boolean => {
  const column = columnByName.get(name);
  return column !== undefined && EXACT.includes(column.wire);
};

/** What SQL says of a filter that {@link isDecidedByRow}: true, false, or unknown (null). A value that no writer could have stored fits none. */
export function holds(
  filter: Filter,
  cellOf: (column: string) => RowAnswer[number],
  values: readonly PlanValue[],
): boolean | null {
  switch (filter.op) {
    case 'and':
      return allOf(filter.terms.map((term) => holds(term, cellOf, values)));
    case 'or':
      return negated(allOf(filter.terms.map((term) => negated(holds(term, cellOf, values)))));
    case 'not':
      return negated(holds(filter.term, cellOf, values));
    case 'isTrue':
      return holds(filter.term, cellOf, values) === true;
    case 'isNull':
      return (cellOf(filter.column) === null) === filter.isNull;
    case 'eq':
    case 'ne': {
      const cell = cellOf(filter.column);
      if (cell === null || typeof cell === 'object') return null;
      return (cell === values[filter.value]) === (filter.op === 'eq');
    }
    case 'in':
    case 'notIn': {
      const list = values[filter.list] as readonly unknown[];
      const cell = cellOf(filter.column);
      if (list.length > 0 && (cell === null || typeof cell === 'object')) return null;
      return list.includes(cell) === (filter.op === 'in');
    }
    default:
      return null;
  }
}

/** Unknown, unless a term decides it. */
const allOf = (terms: readonly (boolean | null)[]): boolean | null =>
  terms.includes(false) ? false : terms.includes(null) ? null : true;

const negated = (value: boolean | null): boolean | null => (value === null ? null : !value);
