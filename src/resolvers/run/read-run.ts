import type { Requirement } from '../../cache/requirement.ts';
import { type Awaitable, whenThere } from '../../lib/awaitable.ts';
import type { FarRelation, NodePlan, ReadPlan, RelationPlan } from '../../plans/node-plan.ts';
import type { AnswerOf } from '../../shards/plan/answer.ts';
import type { CompiledPlan } from '../../shards/plan/compiled-plan.ts';
import type { Read } from '../../shards/plan/read.ts';
import type { PlanValue } from '../../shards/plan/value.ts';
import { fillIdSets } from '../across-shards/fill-id-sets.ts';
import type { FieldRun } from './field-run.ts';

/** The node of a plan of some kind. */
type NodeOf<Plan extends NodePlan> = Plan['compiled']['node'];

/**
 * One run of a read plan for a field, and what is found out while it is shown: it lives as long as the answer of its root
 * field, so that nothing below a later mutation sees what was loaded before it.
 */
export class ReadRun<Plan extends NodePlan = NodePlan> {
  readonly read: ReadPlan<Plan>;
  readonly field: FieldRun;
  readonly values: readonly PlanValue[];
  /** The same where filters need other shards: what is read for them goes among these. Null: they need nothing. */
  readonly #ownValues: PlanValue[] | null;
  /** How fresh all of it is read. */
  readonly requirement: Requirement;
  /** The rows of the only answer, which is then without them; null: it has them. */
  rowsText: string | null = null;
  #failures: Map<RelationPlan, Error> | undefined;
  #far: Map<FarRelation, unknown> | undefined;

  /** @param requirement default: what the fields of the plan ask for, in the session as it is now. */
  constructor(read: ReadPlan<Plan>, field: FieldRun, requirement?: Requirement) {
    this.read = read;
    this.field = field;
    const values = field.operation.valuesOf(read);
    this.#ownValues = read.idSets.length === 0 ? null : [...values];
    this.values = this.#ownValues ?? values;
    this.requirement = requirement ?? read.needs.requirement(field.context.reader.session);
  }

  get plan(): Plan {
    return this.read.plan;
  }

  /**
   * Reads what filters need of other shards; a set that fails, fails the relation that it belongs to, or else the read. In the
   * caller's tick if there is nothing to read.
   */
  fill(): Promise<void> | null {
    if (this.#ownValues === null) return null;
    const target = { field: this.field, requirement: this.requirement, values: this.#ownValues };
    return fillIdSets(this.read.idSets, target, (relation, error) => {
      this.#failures ??= new Map();
      this.#failures.set(relation as RelationPlan, error);
    });
  }

  /** One answer per key, in order. Starts in the caller's tick, unless filters need other shards; at once where memory has them. */
  answers({
    keys,
    shardKeys,
    isAlone,
  }: Pick<Read, 'keys' | 'shardKeys' | 'isAlone'>): Awaitable<readonly AnswerOf<NodeOf<Plan>>[]> {
    const { context, path } = this.field;
    const plan = this.plan.compiled as CompiledPlan<NodeOf<Plan>>;
    return whenThere(this.fill(), () =>
      context.reader.read({ plan, values: this.values, keys, shardKeys, isAlone }, this.requirement, path),
    );
  }

  /** The answer to a single key, whose rows may come as text. `shape`: as in `Read`. */
  answerAsText(
    { keys, shardKeys, isAlone }: Pick<Read, 'keys' | 'shardKeys' | 'isAlone'>,
    shape: string,
  ): Awaitable<readonly AnswerOf<NodeOf<Plan>>[]> {
    const { context, path } = this.field;
    const read = { plan: this.plan.compiled, values: this.values, keys, shardKeys, isAlone, shape };
    return whenThere(context.reader.readSourced(read, this.requirement, path), ([only]) => {
      this.rowsText = only!.text?.text ?? null;
      return [only!.answer as AnswerOf<NodeOf<Plan>>];
    });
  }

  /** Why a relation of the plan cannot be shown in this run. */
  failureOf(relation: RelationPlan): Error | undefined {
    return relation.kind === 'failed' ? relation.error : this.#failures?.get(relation);
  }

  /** What this run keeps for a relation across shards. */
  far<Kept>(relation: FarRelation, make: () => Kept): Kept {
    this.#far ??= new Map();
    let kept = this.#far.get(relation) as Kept | undefined;
    if (kept === undefined) {
      kept = make();
      this.#far.set(relation, kept);
    }
    return kept;
  }
}
