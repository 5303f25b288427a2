/** The row that an operator asks about: what it is, and which rules it fits. */
import { columnsIn } from '../../model/access/rule-parts.ts';
import { wireToOutput } from '../../model/codec.ts';
import type { RowRule } from '../../model/table-rules.ts';
import type { WireValue } from '../../model/types.ts';
import type { CallerRules } from '../../plans/access/caller-rules.ts';
import { wholeRowPlan } from '../../plans/internal-plans.ts';
import { PlanValues } from '../../plans/plan-values.ts';
import type { NodeId } from '../../plans/tokens/node-id.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { isMisfit, type Misfit } from '../../shards/misfit.ts';
import type { OneAnswer } from '../../shards/plan/answer.ts';
import { type CompiledPlan, compilePlan } from '../../shards/plan/compiled-plan.ts';
import { matchOn, type OneNode, oneNode } from '../../shards/plan/node.ts';
import { rowsOf } from '../../shards/plan/source.ts';
import type { PlanValue } from '../../shards/plan/value.ts';
import { shardKeyOf } from '../../shards/shard-key.ts';

export class AskedRow {
  readonly #shards: ShardClient;
  readonly #id: NodeId;
  readonly #cells: readonly (WireValue | Misfit)[];

  private constructor(shards: ShardClient, id: NodeId, cells: readonly (WireValue | Misfit)[]) {
    this.#shards = shards;
    this.#id = id;
    this.#cells = cells;
  }

  /** @throws ShardQLError NOT_FOUND */
  static async read(shards: ShardClient, id: NodeId): Promise<AskedRow> {
    const answer = await find(shards, id, wholeRowPlan(id.table));
    if (answer !== null) return new AskedRow(shards, id, answer as readonly (WireValue | Misfit)[]);
    throw new ShardQLError(
      'NOT_FOUND',
      `Expected the id of a row, but got that of no ${id.table.typeName} that is there.`,
    );
  }

  /** Whether the rule is true for the row. */
  async fits(caller: CallerRules, rule: RowRule): Promise<boolean> {
    if (rule === null) return true;
    const { typeName, primaryKey } = this.#id.table;
    const values = new PlanValues();
    const fitting = rowsOf(typeName, { access: caller.filterOf(typeName, rule, values) });
    const plan = compilePlan(oneNode(fitting, { ...matchOn(primaryKey.names), columns: [] }));
    return (await find(this.#shards, this.#id, plan, values.ofMaking)) !== null;
  }

  /** The row's values of the columns that a rule looks at, or finds related rows by; those of related rows are not among them. */
  valuesFor(rule: RowRule): Readonly<Record<string, unknown>> {
    const named = new Set(rule === null ? [] : columnsIn(this.#id.table, rule));
    return Object.fromEntries(
      this.#id.table.columns.flatMap((column, at) => {
        const cell = this.#cells[at]!;
        if (!named.has(column.name)) return [];
        return [[column.name, isMisfit(cell) ? cell.value : cell === null ? null : wireToOutput(column, cell)]];
      }),
    );
  }
}

async function find(
  shards: ShardClient,
  { table, primaryKey }: NodeId,
  plan: CompiledPlan<OneNode>,
  values: readonly PlanValue[] = [],
): Promise<OneAnswer> {
  const [answer = null] = await shards.read({
    plan,
    values,
    keys: [primaryKey],
    shardKeys: [shardKeyOf(table, primaryKey)],
  });
  return answer;
}
