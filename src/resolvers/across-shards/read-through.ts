/**
 * Many-to-many relations across shards. No shard sees both sides, so three reads, each for all parents of a level at
 * once, take the place of one: the rows of the join table; of the rows they name, what filter and order need; and, once
 * the pages are cut, the rows that are shown. Aggregates are computed here, from the second.
 */

import { keyOrder } from '../../plans/arguments/order.ts';
import { firstRows } from '../../plans/first-rows.ts';
import { MAX_LINKED_ROWS } from '../../plans/limits.ts';
import type { PlanValues, ThroughRelation } from '../../plans/node-plan.ts';
import { rowComparator } from '../../shards/client/compare-wire.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { isMisfit } from '../../shards/misfit.ts';
import type { OneAnswer, PageAnswer, PageShape, PlanNode, RowAnswer } from '../../shards/plan.ts';
import type { FieldRead } from '../consistency/field-read.ts';
import { ambiguousRelation } from '../show/answer-source.ts';
import { aggregatedColumns, aggregateRows } from './aggregate-rows.ts';
import { cutPage } from './page-of-rows.ts';
import { type RelationKey, readKeys } from './read-keys.ts';

/** A page, or the reason why there is none, for each parent's key. */
export async function readThrough(
  plan: ThroughRelation,
  keys: readonly RelationKey[],
  field: FieldRead,
): Promise<(PageAnswer | Error)[]> {
  const { node, orderBy } = plan.target;
  const page = node.page!;
  const links = await readLinks(plan, keys, field);
  const linked = links.flatMap((link) => (link instanceof Error ? [] : link));
  const candidate = candidateNode(node, page);
  const candidates = await readRows(candidate, plan.values, linked, field);
  const compare = rowComparator(field.context.model, candidate, orderBy);
  const table = field.context.model.table(node.table);
  const positions = candidate.columns.map((column) => orderBy.findIndex((term) => term.column === column));
  const pages = links.map((link) => {
    if (link instanceof Error) return link;
    const rows = link.map((key) => candidates.get(idOf(key))).filter((row) => row !== undefined);
    return {
      ...cutPage(rows.sort(compare), compare, page, plan.values, positions),
      ...aggregateRows(table, page, candidate.columns, rows, plan.values),
    };
  });
  return showRows(node, plan.values, pages, candidate, field);
}

/** The keys of the rows that each parent is linked to, each once. */
async function readLinks(
  { relation }: ThroughRelation,
  keys: readonly RelationKey[],
  field: FieldRead,
): Promise<(RelationKey[] | Error)[]> {
  const through = relation.through!;
  const page = firstRows(keyOrder(field.context.model.table(through.type)), 0);
  const columns = [...new Set([...through.to, ...page.orderBy.map(({ column }) => column)])];
  const node: PlanNode = {
    table: through.type,
    match: through.from,
    through: null,
    computed: [],
    columns,
    filter: null,
    page,
    relations: [],
  };
  const answers = (await readKeys(node, [MAX_LINKED_ROWS], keys, field)) as readonly PageAnswer[];
  const indices = through.to.map((column) => columns.indexOf(column));
  return answers.map(({ rows, more }) => {
    if (more) return tooManyLinks(relation.name);
    const linked = rows
      .map((row) => indices.map((index) => row[index]))
      .filter((key) => key.every((part) => part !== null && !isMisfit(part)));
    return distinctKeys(linked as RelationKey[]);
  });
}

/** What of a target row decides whether and where it is on a page, and what it adds to aggregates. */
const candidateNode = (node: PlanNode, page: PageShape): PlanNode => ({
  ...node,
  columns: [...new Set([...node.match, ...page.orderBy.map(({ column }) => column), ...aggregatedColumns(page)])],
  page: null,
  relations: [],
});

/** Reads the rows of the pages and puts them in place of their candidates. */
async function showRows(
  node: PlanNode,
  values: PlanValues,
  pages: readonly (PageAnswer | Error)[],
  candidate: PlanNode,
  field: FieldRead,
): Promise<(PageAnswer | Error)[]> {
  const keyOf = (row: RowAnswer) =>
    candidate.columns.slice(0, node.match.length).map((_, index) => row[index]) as unknown as RelationKey;
  const shown = pages.flatMap((page) => (page instanceof Error ? [] : page.rows.map(keyOf)));
  const rows = await readRows({ ...node, page: null }, values, shown, field);
  return pages.map((page) => {
    if (page instanceof Error) return page;
    // A row that was deleted, or changed so that it no longer fits, since the page was cut is left out.
    return { ...page, rows: page.rows.map((row) => rows.get(idOf(keyOf(row)))).filter((row) => row !== undefined) };
  });
}

/** The rows of a node without a page, by {@link idOf} of their keys; keys without a row are not in it. */
async function readRows(
  node: PlanNode,
  values: PlanValues,
  keys: readonly RelationKey[],
  field: FieldRead,
): Promise<ReadonlyMap<string, RowAnswer>> {
  const distinct = distinctKeys(keys);
  const rowById = new Map<string, RowAnswer>();
  if (distinct.length === 0) return rowById;
  const answers = (await readKeys(node, values, distinct, field)) as readonly OneAnswer[];
  for (const [index, answer] of answers.entries()) {
    if (answer === 'ambiguous') throw ambiguousRelation(field.context.model.table(node.table));
    if (answer !== null) rowById.set(idOf(distinct[index]!), answer);
  }
  return rowById;
}

const idOf = (key: RelationKey): string => JSON.stringify(key);

const distinctKeys = (keys: readonly RelationKey[]): RelationKey[] => [
  ...new Map(keys.map((key) => [idOf(key), key])).values(),
];

const tooManyLinks = (relation: string): ShardQLError =>
  new ShardQLError(
    'FANOUT_LIMIT_EXCEEDED',
    `Expected at most ${MAX_LINKED_ROWS} rows linked by ${relation}, which lies across shards, but got more.`,
    { field: relation },
  );
