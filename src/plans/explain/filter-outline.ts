import type { ComputedColumn } from '../../shards/plan/computed.ts';
import type { Filter } from '../../shards/plan/filter.ts';
import type { RelatedRows } from '../../shards/plan/source.ts';

/** A value of a plan, by its number: plans hold none. */
export const valueRef = (ref: number): string => `$${ref}`;

/** A filter on one line: operators by their GraphQL names, values by number. */
export function outlineFilter(filter: Filter): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      if (filter.terms.length === 0) return filter.op === 'and' ? 'true' : 'false';
      return `(${filter.terms.map(outlineFilter).join(` ${filter.op} `)})`;
    case 'not':
    case 'isTrue':
      return `${filter.op} ${outlineFilter(filter.term)}`;
    case 'exists':
      return `exists (${outlineRelated(filter.related)})`;
    case 'inKeys':
      return `(${filter.columns.join(', ')}) in ${valueRef(filter.list)}`;
    case 'in':
    case 'notIn':
      return `${filter.column} ${filter.op} ${valueRef(filter.list)}`;
    case 'between':
      return `${filter.column} between ${valueRef(filter.low)} and ${valueRef(filter.high)}`;
    case 'isNull':
      return `${filter.column} is ${filter.isNull ? '' : 'not '}null`;
    default:
      return `${filter.column} ${filter.op} ${valueRef(filter.value)}`;
  }
}

/** Related rows on one line: `Order by tenantId, customerId of tenantId, id where …`. */
function outlineRelated({ table, access, hiddenBy, from, match, through, filter, computed }: RelatedRows): string {
  return [
    `${table} by ${match.join(', ')} of ${from.join(', ')}`,
    through && `through ${through.table}`,
    computed.length > 0 && `with ${computed.map(outlineComputed).join('; ')}`,
    hiddenBy && `only if ${hiddenBy} is null`,
    access && `only if ${outlineFilter(access)}`,
    filter && `where ${outlineFilter(filter)}`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** A computed column on one line: its name and what it is. */
export function outlineComputed(column: ComputedColumn): string {
  switch (column.kind) {
    case 'related':
      return `${column.name} = ${column.column} of (${outlineRelated(column.related)})`;
    case 'aggregate':
      return `${column.name} = ${column.function}(${column.column ?? '*'}) of (${outlineRelated(column.related)})`;
    case 'json':
      return `${column.name} = ${column.as} at ${valueRef(column.path)} in ${column.column}`;
    case 'rank':
    case 'highlights':
      return `${column.name} of the search`;
  }
}
