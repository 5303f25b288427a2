/** SQL of filters and access rules. */
import type { ColumnFilter, Filter, TextFilter } from '../../../plan/filter.ts';
import type { RelatedRows } from '../../../plan/source.ts';
import type { Field, SourceFields } from '../compile/fields.ts';
import { isTextFilter } from '../compile/text-predicates.ts';
import { and, type Expression, enclosing, isTrue, not, or } from './expression.ts';
import type { Parameters } from './parameters.ts';
import { predicateDepth, textPredicateSql } from './text-sql.ts';
import { bindOrdered, bindValue, storedSql } from './wire-sql.ts';

/** A row as filters see it: `RowCompiler`, which says what its columns and its related rows are in SQL. */
interface FilteredRow {
  readonly fields: SourceFields;
  readonly parameters: Parameters;
  value(field: Field): Expression;
  orderedSql(field: Field): string;
  textSql(field: Field): string;
  exists(related: RelatedRows): Expression;
  decided(filter: TextFilter): string;
}

const COMPARISONS = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** Comparisons with casts on both sides, and parameters that are parts of another. */
const CONDITION_DEPTH = 4;
/** Besides one level per column that may be NULL. */
const KEYS_DEPTH = 6;

/** Three-valued, as SQL's. */
export function filterSql(filter: Filter, row: FilteredRow): Expression {
  switch (filter.op) {
    case 'and':
      return and(filter.terms.map((term) => filterSql(term, row)));
    case 'or':
      return or(filter.terms.map((term) => filterSql(term, row)));
    case 'not':
      return not(filterSql(filter.term, row));
    case 'isTrue':
      return isTrue(filterSql(filter.term, row));
    case 'exists':
      return row.exists(filter.related);
    case 'inKeys':
      return inKeysSql(filter, row);
    default: {
      const field = row.fields.field(filter.column);
      const depth = isTextFilter(filter) ? predicateDepth(filter.op) : CONDITION_DEPTH;
      return enclosing([row.value(field)], `(${conditionSql(filter, field, row)})`, depth);
    }
  }
}

function conditionSql(filter: ColumnFilter, field: Field, row: FilteredRow): string {
  const { parameters } = row;
  const column = row.value(field).sql;
  if (isTextFilter(filter)) {
    const { op: operator, value } = filter;
    return textPredicateSql({ operator, value, column: row.textSql(field), parameters }, () => row.decided(filter));
  }
  switch (filter.op) {
    case 'isNull':
      return `${column} IS ${filter.isNull ? '' : 'NOT '}NULL`;
    case 'eq':
    case 'ne':
      return `${column} ${COMPARISONS[filter.op]} ${storedSql(field.wire, bindValue(filter.value, parameters))}`;
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return `${row.orderedSql(field)} ${COMPARISONS[filter.op]} ${bindOrdered(filter.value, field, parameters)}`;
    case 'between': {
      const low = bindOrdered(filter.low, field, parameters);
      return `${row.orderedSql(field)} BETWEEN ${low} AND ${bindOrdered(filter.high, field, parameters)}`;
    }
    case 'in':
    case 'notIn': {
      const list = parameters.use(`list ${filter.list}`, (scope) => JSON.stringify(scope.values[filter.list]));
      const operator = filter.op === 'in' ? 'IN' : 'NOT IN';
      return `${column} ${operator} (SELECT ${storedSql(field.wire, 'value')} FROM json_each(${list}))`;
    }
  }
}

/** A row value with a NULL in it is in no list, but SQL may say that it does not know. */
function inKeysSql({ columns, list }: Extract<Filter, { readonly op: 'inKeys' }>, row: FilteredRow): Expression {
  const fields = columns.map((name) => row.fields.field(name));
  const keys = row.parameters.use(`list ${list}`, ({ values }) => JSON.stringify(values[list]));
  const parts = fields.map(({ wire }, at) => storedSql(wire, `(value ->> ${at})`)).join(', ');
  const values = fields.map((field) => row.value(field));
  const columnsSql = values.map(({ sql }) => sql);
  const given = columnsSql.filter((_, at) => !fields[at]!.notNull).map((column) => ` AND ${column} IS NOT NULL`);
  const tuple = columnsSql.length === 1 ? columnsSql[0]! : `(${columnsSql.join(', ')})`;
  const sql = `(${tuple} IN (SELECT ${parts} FROM json_each(${keys}))${given.join('')})`;
  return enclosing(values, sql, columns.length + KEYS_DEPTH);
}
