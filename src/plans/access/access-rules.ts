import type { WireValue } from '../../model/types.ts';
import type { WireValues } from '../../shards/operation.ts';
import { type Access, EVERYTHING } from '../../shards/plan/source.ts';
import type { WriteRules } from '../../shards/write-rules.ts';
import type { PlanValues } from '../plan-values.ts';

/** What the caller of an operation may see and write, as plans need it. Columns and tables are a matter of the model that they are made from. */
export interface AccessRules {
  /** Equal for rules that make equal plans, whatever the caller's claims: plans are remembered by it. */
  readonly key: string;
  /** What rules compare with: what the caller's credential says. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The rule for the rows of a type. The values that it compares with are added to the plan's. */
  of(table: string, values: PlanValues): Access;
  /**
   * The one shard key that all rows of a type have which the caller may see, or create; undefined: they may lie on any shard.
   *
   * @param right default: to read.
   */
  shardKeyOf(table: string, right?: 'read' | 'create'): Exclude<WireValue, null> | undefined;
  /** Of the rows of a type that the caller may see, those that it may update or delete. */
  whereOf(table: string, verb: 'update' | 'delete', values: PlanValues): Access;
  /**
   * What the rules give columns that are written, by name.
   *
   * @throws ShardQLError FORBIDDEN if the caller lacks a claim.
   */
  presetsOf(table: string, verb: 'create' | 'update'): WireValues;
  /** Whether the caller may read rows of a type as they were at earlier times. */
  mayReadPast(table: string): boolean;
  /** Where the caller's rules for a type stand in the model; undefined: errors must not name them. */
  pathOf(table: string): string | undefined;
  /** What shards hold writes to tables of these types to; null: nothing. */
  writeRules(types: Iterable<string>): WriteRules | null;
}

const NO_PRESETS: WireValues = {};

/** All rows: what operators may see, and developers on their own machine. */
export const FULL_ACCESS: AccessRules = {
  key: 'everything',
  claims: {},
  of: () => EVERYTHING,
  shardKeyOf: () => undefined,
  whereOf: () => EVERYTHING,
  presetsOf: () => NO_PRESETS,
  mayReadPast: () => true,
  pathOf: () => undefined,
  writeRules: () => null,
};
