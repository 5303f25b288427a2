import type { WireValue } from '../../model/types.ts';
import { type Access, EVERYTHING } from '../../shards/plan/source.ts';
import type { PlanValues } from '../plan-values.ts';

/** What the caller of an operation may see, as plans need it. Columns and tables are a matter of the model that they are made from. */
export interface AccessRules {
  /** Equal for rules that make equal plans, whatever the caller's claims: plans are remembered by it. */
  readonly key: string;
  /** What rules compare with: what the caller's credential says. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The rule for the rows of a type. The values that it compares with are added to the plan's. */
  of(table: string, values: PlanValues): Access;
  /** The one shard key that all rows of a type have which the caller may see; undefined: they may lie on any shard. */
  shardKeyOf(table: string): Exclude<WireValue, null> | undefined;
}

/** All rows: what operators may see, and developers on their own machine. */
export const FULL_ACCESS: AccessRules = {
  key: 'everything',
  claims: {},
  of: () => EVERYTHING,
  shardKeyOf: () => undefined,
};
