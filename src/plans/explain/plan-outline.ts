import type { Grouping, Measure } from '../../shards/plan/aggregate.ts';
import type { PlanNode } from '../../shards/plan/node.ts';
import type { OrderTerm } from '../../shards/plan/order.ts';
import type { PageShape } from '../../shards/plan/page.ts';
import { outlineComputed, outlineFilter, valueRef } from './filter-outline.ts';

/** A plan as people read it: a line per part, what belongs to a part indented below it, values by number. */
export function outlinePlan(node: PlanNode, prefix = ''): string[] {
  const { table, access, hiddenBy, match, through, computed, columns, filter, search, page, relations } = node;
  const keys = through
    ? ` through ${through.table} by ${through.from.join(', ')}`
    : match.length > 0
      ? ` by ${match.join(', ')}`
      : '';
  const parts = [
    ...(computed.length > 0 ? [`with ${computed.map(outlineComputed).join('; ')}`] : []),
    ...(hiddenBy ? [`only if ${hiddenBy} is null`] : []),
    ...(access ? [`only if ${outlineFilter(access)}`] : []),
    ...(filter ? [`where ${outlineFilter(filter)}`] : []),
    ...(search ? [`search ${valueRef(search.query)}`] : []),
    ...(page ? outlinePage(page) : []),
    ...(page && !page.rows ? [] : [`columns ${columns.join(', ')}`]),
    ...relations.flatMap(({ key, from, node: related }) =>
      outlinePlan(related, `relation ${key} of ${from.join(', ')}: `),
    ),
  ];
  return [`${prefix}${page ? 'page' : 'one'} of ${table}${keys}`, ...parts.map((line) => `  ${line}`)];
}

function outlinePage(page: PageShape): string[] {
  const { orderBy, after, before, fromEnd, limit, offset, rows, distinct, totalCount, aggregate, groups } = page;
  const boundary = (values: NonNullable<typeof after>) =>
    `(${values.map((value) => (value === null ? 'null' : valueRef(typeof value === 'number' ? value : value.stored))).join(', ')})`;
  const window = [
    `order by ${orderBy.map(outlineOrder).join(', ')}`,
    after && `after ${boundary(after)}`,
    before && `before ${boundary(before)}`,
    `${fromEnd ? 'last' : 'first'} ${valueRef(limit)}`,
    offset !== null && `offset ${valueRef(offset)}`,
    distinct && 'distinct',
  ];
  return [
    ...(rows ? [window.filter(Boolean).join(' ')] : []),
    ...(totalCount ? ['total count'] : []),
    ...(aggregate ? [`aggregate ${outlineMeasures(aggregate)}`] : []),
    ...(groups ?? []).map(outlineGrouping),
  ];
}

const outlineOrder = ({ column, descending, nullsFirst }: OrderTerm): string =>
  `${column}${descending ? ' desc' : ''}${nullsFirst === descending ? ` nulls ${nullsFirst ? 'first' : 'last'}` : ''}`;

const outlineMeasures = (measures: readonly Measure[]): string =>
  ['count(*)', ...measures.map(({ op, column }) => `${op}(${column})`)].join(', ');

const outlineGrouping = ({ keys, measures }: Grouping): string =>
  `groups by ${keys.map(({ column, trunc }) => (trunc ? `${trunc}(${column})` : column)).join(', ')}: ${outlineMeasures(measures)}`;
