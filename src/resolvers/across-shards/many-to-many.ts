/**
 * Many-to-many relations across shards. No shard sees both sides, so three reads, each for all parents of a level at
 * once, take the place of one: the rows of the join table; of the rows they name, what filter and order need; and, once
 * the pages are cut, the rows that are shown. Aggregates are computed here, from the second.
 */

import { MAX_LINKED_ROWS } from '../../plans/limits.ts';
import { targetKeysPlan, targetRowsPlan } from '../../plans/many-to-many-plans.ts';
import type { RelationKey, ThroughRelation } from '../../plans/node-plan.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { aggregateRows } from '../../shards/merging/aggregate-rows.ts';
import { rowComparator } from '../../shards/merging/compare-rows.ts';
import { cutPage } from '../../shards/merging/cut-page.ts';
import { isMisfit } from '../../shards/misfit.ts';
import type { PageAnswer, RowAnswer } from '../../shards/plan/answer.ts';
import type { CompiledPlan } from '../../shards/plan/compiled-plan.ts';
import type { OneNode, PageNode, PlanNode } from '../../shards/plan/node.ts';
import type { PlanValue } from '../../shards/plan/value.ts';
import type { ReadRun } from '../run/read-run.ts';
import { ambiguousRelation } from '../show/resolved-value.ts';
import { readKeys } from './read-keys.ts';

/** A page, or the reason why there is none, for each parent's key. */
export async function loadManyToMany(
  relation: ThroughRelation,
  keys: readonly RelationKey[],
  run: ReadRun,
): Promise<(PageAnswer | Error)[]> {
  const { compiled, orderBy } = relation.read.plan;
  const { node } = compiled;
  const { page } = node;
  const links = await readLinks(relation, keys, run);
  const linked = links.flatMap((link) => (link instanceof Error ? [] : link));
  const candidatePlan = compiled.derived(targetKeysPlan, null);
  const candidate = candidatePlan.node;
  const candidates = await readRows(candidatePlan, run.values, linked, run);
  const compare = rowComparator(run.field.context.model, candidate, orderBy);
  const table = run.field.context.model.table(node.table);
  const positions = candidate.columns.map((column) => orderBy.findIndex((term) => term.column === column));
  const pages = links.map((link) => {
    if (link instanceof Error) return link;
    const rows = link.map((key) => candidates.get(idOf(key))).filter((row) => row !== undefined);
    return {
      ...cutPage(rows.sort(compare), compare, page, run.values, positions),
      ...aggregateRows(table, page, candidate.columns, rows, run.values),
    };
  });
  return showRows(compiled, run.values, pages, candidate, run);
}

/** The keys of the rows that each parent is linked to, each once. */
async function readLinks(
  { links, relation }: ThroughRelation,
  keys: readonly RelationKey[],
  run: ReadRun,
): Promise<(RelationKey[] | Error)[]> {
  const answers = await readKeys(links.plan, run.field.operation.valuesOf(links), keys, run);
  const indices = relation.through!.to.map((column) => links.plan.node.columns.indexOf(column));
  return answers.map(({ rows, hasMore }) => {
    if (hasMore) return tooManyLinks(relation.name);
    const linked = rows
      .map((row) => indices.map((index) => row[index]))
      .filter((key) => key.every((part) => part !== null && !isMisfit(part)));
    return distinctKeys(linked as RelationKey[]);
  });
}

/** Reads the rows of the pages and puts them in place of their candidates. */
async function showRows(
  plan: CompiledPlan<PageNode>,
  values: readonly PlanValue[],
  pages: readonly (PageAnswer | Error)[],
  candidate: PlanNode,
  run: ReadRun,
): Promise<(PageAnswer | Error)[]> {
  const keyOf = (row: RowAnswer) =>
    candidate.columns.slice(0, plan.node.match.length).map((_, index) => row[index]) as unknown as RelationKey;
  const shown = pages.flatMap((page) => (page instanceof Error ? [] : page.rows.map(keyOf)));
  const rows = await readRows(plan.derived(targetRowsPlan, null), values, shown, run);
  return pages.map((page) => {
    if (page instanceof Error) return page;
    // A row that was deleted, or changed so that it no longer fits, since the page was cut is left out.
    return { ...page, rows: page.rows.map((row) => rows.get(idOf(keyOf(row)))).filter((row) => row !== undefined) };
  });
}

/** The rows of a plan without a page, by {@link idOf} of their keys; keys without a row are not in it. */
async function readRows(
  plan: CompiledPlan<OneNode>,
  values: readonly PlanValue[],
  keys: readonly RelationKey[],
  run: ReadRun,
): Promise<ReadonlyMap<string, RowAnswer>> {
  const distinct = distinctKeys(keys);
  const rowById = new Map<string, RowAnswer>();
  if (distinct.length === 0) return rowById;
  const answers = await readKeys(plan, values, distinct, run);
  for (const [index, answer] of answers.entries()) {
    if (answer === 'ambiguous') throw ambiguousRelation(run.field.context.model.table(plan.node.table));
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
