/**
 * How many consistency boundaries a document has. A request may take that many RPCs per shard that it touches, however
 * many rows it shows and however deep it goes, if all of it is read with one consistency:
 *
 *     rpcs ≤ shards touched × (1 + Σ id-set phases of each plan + Σ reads of each selected relation across shards)
 *
 * - 1: the plans of all root fields, with all that is nested in them within a shard, leave together.
 * - A plan is a root field, or a selected relation across shards, with what is nested in it within a shard. Filters on
 *   relations across shards need the keys of the rows on the other side first. The sets of one level of nesting are read
 *   together, so a plan has as many phases as its deepest filter crosses shards one within the other.
 * - A selected relation across shards is read once for all rows of its level; many-to-many ones take three reads where the
 *   join table does not lie with their target: the links, the targets, and what is shown of them.
 */
import type { Input, ListQuery, RowSelect } from './query.ts';
import { type Entity, entityOf, type Relation, type World } from './world.ts';

export function boundariesOf(world: World, queries: readonly ListQuery[]): number {
  const plans = queries.map(({ type, args, select }) => planOf(world, entityOf(world, type), args.where, select.rows));
  return 1 + plans.reduce((sum, { phases, below }) => sum + phases + below, 0);
}

interface PlanCost {
  /** Phases of id sets before the plan can be read. */
  readonly phases: number;
  /** Boundaries of the relations across shards that are selected in it, with all that is in them. */
  readonly below: number;
}

function planOf(world: World, entity: Entity, where: Input = {}, rows: RowSelect | undefined): PlanCost {
  let phases = phasesOf(world, entity, where);
  let below = 0;
  const fields = [
    ...(rows?.one ?? []).map(({ relation, row }) => ({ relation, where: {}, rows: row as RowSelect | undefined })),
    ...(rows?.many ?? []).map(({ relation, list }) => ({ relation, where: list.args.where, rows: list.select.rows })),
  ];
  for (const field of fields) {
    const relation = entity.relations.find(({ name }) => name === field.relation)!;
    const target = entityOf(world, relation.target);
    const inner = planOf(world, target, field.where, field.rows);
    below += inner.below;
    if (relation.colocated) phases = Math.max(phases, inner.phases);
    else below += inner.phases + readsOf(world, relation, target);
  }
  return { phases, below };
}

function readsOf(world: World, { through }: Relation, target: Entity): number {
  if (through === null) return 1;
  const join = entityOf(world, through.type);
  const isBesideTarget = through.on.some(([from, to]) => from === join.shardKey && to === target.shardKey);
  return isBesideTarget ? 1 : 3;
}

/** How often a filter crosses shards, one within the other. */
function phasesOf(world: World, entity: Entity, where: Input): number {
  const parts = Object.entries(where).map(([name, value]): number => {
    if (name === 'AND' || name === 'OR') {
      return Math.max(0, ...(value as Input[]).map((one) => phasesOf(world, entity, one)));
    }
    if (name === 'NOT') return phasesOf(world, entity, value as Input);
    const relation = entity.relations.find((one) => [one.name, `${one.name}Aggregate`].includes(name));
    if (relation === undefined) return 0;
    const target = entityOf(world, relation.target);
    if (relation.name !== name) return phasesOf(world, target, ((value as Input).where as Input) ?? {});
    const inner = relation.kind === 'one' ? [value as Input] : (Object.values(value as Input) as Input[]);
    return (relation.colocated ? 0 : 1) + Math.max(0, ...inner.map((one) => phasesOf(world, target, one)));
  });
  return Math.max(0, ...parts);
}
