import { addExact, type ExactDecimal, exactToText, ZERO } from '../../../../lib/exact-decimal.ts';
import { timeZone } from '../../../../lib/time-zone.ts';
import type { WireValue } from '../../../../model/types.ts';
import { decimalToWire } from '../../../../model/values/stored-decimal.ts';
import { ShardQLError } from '../../../errors.ts';
import { periodToWire } from '../../../period.ts';
import { MAX_DISTINCT_VALUES, MAX_GROUPS } from '../../../plan/aggregate.ts';
import { type GroupRow, type MeasureAnswer, MISFIT_NUMBER } from '../../../plan/answer.ts';
import type { ReadSession } from '../../../sql/sql-session.ts';
import type {
  CompiledGrouping,
  CompiledGroupKey,
  InlineMeasure,
  SeparateMeasure,
} from '../compile/compiled-grouping.ts';
import {
  bucketsStatement,
  decimalSumStatement,
  distinctValuesStatement,
  type Grouped,
  inlineChunks,
  measuresStatement,
} from '../sql/grouping-statements.ts';
import { measureSql } from '../sql/measure-sql.ts';
import type { Scope } from '../sql/parameters.ts';
import { NO_MOMENT, spansToJson } from '../sql/period-sql.ts';
import type { Statement } from '../sql/statement.ts';
import { type AnswerSizes, MAX_ANSWER_ROWS, tooManyRows } from './answer-size.ts';

interface GroupingRun extends Grouped {
  readonly session: ReadSession;
  readonly scope: Scope;
  readonly sizes: AnswerSizes;
  /** A statement of the node, made once per variant; `id` names it among those of the node. */
  readonly statement: (id: string, compile: () => Statement) => Statement;
  /** Names the grouping in statement ids. */
  readonly id: string;
}

/** Years, about, in which rows may lie where a time zone is given: each costs looking up what the zone did then. */
const MAX_ZONE_BUCKETS = 500;
/** Coefficients have 15 digits, of which one stands before the point. */
const COEFFICIENT_SHIFT = 14;

interface Group {
  readonly keys: WireValue[];
  readonly measures: [number, ...MeasureAnswer[]];
}

/**
 * The groups of each key's rows; null for more than {@link MAX_GROUPS}. One statement for most measures, one for each
 * sum of decimals and each list of distinct values, and one for each time zone.
 *
 * @throws ShardQLError COST_LIMIT_EXCEEDED for an answer of too many groups and values.
 */
export function runGrouping(run: GroupingRun): (readonly GroupRow[] | null)[] {
  return new GroupingExecution(run).groups();
}

class GroupingExecution {
  readonly #run: GroupingRun;
  readonly #scope: Scope;
  readonly #grouping: CompiledGrouping;
  readonly #keyed: boolean;
  /** Per key, its groups by {@link groupId}; null: too many. */
  readonly #groupsByKey: (Map<string, Group> | null)[];

  constructor(run: GroupingRun) {
    this.#run = run;
    this.#grouping = run.grouping;
    this.#keyed = run.variant.varying.length > 0;
    this.#groupsByKey = run.scope.keys.keys.map(() => new Map());
    const zoneSpans = this.#grouping.keys.map((key, at) => (key.timeZone === null ? '' : this.#spans(key, at)));
    this.#scope = { ...run.scope, zoneSpans };
  }

  groups(): (readonly GroupRow[] | null)[] {
    for (const [at, measures] of inlineChunks(this.#grouping).entries()) this.#inline(at, measures);
    for (const measure of this.#grouping.separate) {
      if (measure.kind === 'decimalSum') this.#decimalSum(measure);
      else this.#distinctValues(measure);
    }
    return this.#groupsByKey.map((groups) => groups && [...groups.values()].map((group) => this.#finish(group)));
  }

  #inline(chunkAt: number, measures: readonly InlineMeasure[]): void {
    const sqls = measures.map(({ op, column }) => measureSql(op, column));
    const compile = () => measuresStatement(this.#run, measures);
    for (const { key, id, cells } of this.#rows(`measures ${chunkAt}`, compile)) {
      const group = this.#groupOf(key, id, cells);
      if (group === null) continue;
      let from = this.#grouping.keys.length;
      group.measures[0] = cells[from++] as number;
      for (const [index, { at }] of measures.entries()) {
        const { columns, decode } = sqls[index]!;
        group.measures[at + 1] = decode(cells.slice(from, from + columns.length));
        from += columns.length;
      }
    }
  }

  #decimalSum(measure: SeparateMeasure): void {
    const sums = new Map<Group, ExactDecimal>();
    const broken = new Set<Group>();
    const compile = () => decimalSumStatement(this.#run, measure);
    for (const { key, id, cells } of this.#rows(`sum ${measure.at}`, compile)) {
      const group = this.#groupOf(key, id, cells);
      if (group === null) continue;
      const [exponent, high, low, misfits] = cells.slice(this.#grouping.keys.length) as [
        number,
        string,
        string,
        number,
      ];
      if (misfits === 1) broken.add(group);
      const coefficient = (BigInt(high) << 24n) + BigInt(low);
      const part = { coefficient, exponent: exponent - COEFFICIENT_SHIFT };
      sums.set(group, addExact(sums.get(group) ?? ZERO, part));
    }
    for (const [group, sum] of sums)
      group.measures[measure.at + 1] = broken.has(group) ? MISFIT_NUMBER : exactToText(sum);
  }

  #distinctValues(measure: SeparateMeasure): void {
    const values = new Map<Group, WireValue[]>();
    const compile = () => distinctValuesStatement(this.#run, measure);
    const { wire } = measure.column;
    for (const { key, id, cells } of this.#rows(`distinct ${measure.at}`, compile)) {
      const group = this.#groupOf(key, id, cells);
      if (group === null) continue;
      const value = cells[this.#grouping.keys.length] as WireValue;
      const found = values.get(group);
      if (found === undefined)
        values.set(group, [wire === 'decimal' ? decimalToWire(value as number | string) : value]);
      else if (found.length <= MAX_DISTINCT_VALUES)
        found.push(wire === 'decimal' ? decimalToWire(value as number | string) : value);
    }
    for (const [group, found] of values) {
      group.measures[measure.at + 1] = found.length > MAX_DISTINCT_VALUES ? null : found;
    }
  }

  /** The rows of a statement: index of the key, text that names the group, and cells without the key. */
  *#rows(kind: string, compile: () => Statement): Generator<{ key: number; id: string; cells: SqlStorageValue[] }> {
    const { session, statement, id: grouping } = this.#run;
    const { sql, parameters } = statement(`${grouping} ${kind}`, compile);
    const width = this.#grouping.keys.length;
    let read = 0;
    for (const row of session.each(sql, ...parameters.bind(this.#scope))) {
      if (++read > 2 * MAX_ANSWER_ROWS) throw tooManyRows();
      const cells = this.#keyed ? row.slice(1) : row;
      yield { key: this.#keyed ? (row[0] as number) : 0, id: JSON.stringify(cells.slice(0, width)), cells };
    }
  }

  #groupOf(key: number, id: string, cells: readonly SqlStorageValue[]): Group | null {
    const groups = this.#groupsByKey[key]!;
    if (groups === null) return null;
    let group = groups.get(id);
    if (group === undefined) {
      if (groups.size === MAX_GROUPS) {
        this.#groupsByKey[key] = null;
        return null;
      }
      group = {
        keys: cells.slice(0, this.#grouping.keys.length) as WireValue[],
        measures: [0, ...this.#grouping.empty],
      };
      groups.set(id, group);
    }
    return group;
  }

  #finish({ keys, measures }: Group): GroupRow {
    this.#run.sizes.spendGroups(measures.reduce<number>((sum, it) => sum + (Array.isArray(it) ? it.length : 0), 1));
    return { keys: keys.map((value, at) => this.#keyToWire(this.#grouping.keys[at]!, value)), measures };
  }

  #keyToWire({ column, trunc, timeZone: zone }: CompiledGroupKey, value: WireValue): WireValue {
    if (value === null) return null;
    if (trunc !== null && typeof value === 'string') return value.slice(NO_MOMENT.length);
    if (trunc !== null) return periodToWire(column, trunc, zone === null ? null : this.#zone(zone), value as number);
    return column.wire === 'decimal' ? decimalToWire(value) : value;
  }

  #spans(key: CompiledGroupKey, at: number): string {
    const { session, scope, node, variant, statement, id } = this.#run;
    const { sql, parameters } = statement(`${id} buckets ${at}`, () => bucketsStatement(node, variant, key));
    const buckets: number[] = [];
    for (const [bucket] of session.each(sql, ...parameters.bind(scope))) {
      if (bucket === null) continue;
      if (buckets.push(bucket as number) > MAX_ZONE_BUCKETS) throw tooManyYears();
    }
    const zone = this.#zone(key.timeZone!);
    return spansToJson(
      key.column,
      buckets.sort((a, b) => a - b).flatMap((bucket) => zone.spans(bucket)),
    );
  }

  #zone(ref: number) {
    return timeZone(String(this.#run.scope.values[ref]));
  }
}

const tooManyYears = (): ShardQLError =>
  new ShardQLError(
    'COST_LIMIT_EXCEEDED',
    `Expected rows of at most ${MAX_ZONE_BUCKETS} different years to group in a time zone, but got more; add a condition on the date, or leave timeZone out.`,
  );
