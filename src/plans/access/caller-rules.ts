import { violated } from '../../lib/invariant.ts';
import { Claim } from '../../model/access/claim.ts';
import { inputToWire } from '../../model/codec.ts';
import { InvalidValueError } from '../../model/invalid-value-error.ts';
import type { PresetValue, RoleRules, RowRule, RuleWhere } from '../../model/table-rules.ts';
import type { ColumnModel, Model, TableModel, WireValue } from '../../model/types.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { WireValues } from '../../shards/operation.ts';
import { exists, type Filter } from '../../shards/plan/filter.ts';
import { type Access, EVERYTHING, relatedRows } from '../../shards/plan/source.ts';
import type { WriteRules } from '../../shards/write-rules.ts';
import { toOperand } from '../arguments/wire-input.ts';
import { whereToFilter } from '../filter/filter.ts';
import { FilterBudget } from '../filter/filter-budget.ts';
import type { FilterParts } from '../filter/id-set.ts';
import { PlanValues } from '../plan-values.ts';
import { type AccessRules, FULL_ACCESS } from './access-rules.ts';
import { MissingClaim, RuleArguments, usesClaims, withClaims } from './rule-arguments.ts';
import { visibleRows } from './visible-rows.ts';
import { CallerWriteRules } from './write-rules.ts';

/** Keeps no row. */
const NOTHING: Filter = { op: 'or', terms: [] };

/** What a caller may see and do, by the rules of its role. */
export class CallerRules implements AccessRules {
  readonly key: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly #whole: Model;
  readonly #role: RoleRules;
  /** Null: errors name no rules. */
  readonly #nameInErrors: string | null;
  #writeRules: CallerWriteRules | null = null;
  /** By type and verb. */
  readonly #presets = new Map<string, WireValues>();
  /** By type and right; null: it may be any. */
  readonly #shardKeys = new Map<string, Exclude<WireValue, null> | null>();
  /** Rules that the caller has the claims for. */
  readonly #isBound = new Map<RuleWhere, boolean>();

  /**
   * @param model the whole one: rules look at rows that the caller may not see.
   * @param namesRules whether errors of writes name the rule that refuses: in development alone.
   */
  constructor(
    model: Model,
    { role, claims }: { readonly role: string; readonly claims: AccessRules['claims'] },
    namesRules = false,
  ) {
    this.#whole = model;
    this.#role = model.roles.get(role) ?? violated(`Expected a role of the model, but got ${role}.`);
    this.claims = claims;
    this.#nameInErrors = namesRules ? role : null;
    this.key = `${JSON.stringify(role)} ${this.#boundReads()}`;
  }

  of(table: string, values: PlanValues): Access {
    return this.filterOf(table, this.#rulesOf(table).read, values);
  }

  mayReadPast(table: string): boolean {
    return this.#role.get(table)?.asOf ?? false;
  }

  shardKeyOf(table: string, right: 'read' | 'create' = 'read'): Exclude<WireValue, null> | undefined {
    // Bulk writes ask for each row.
    const known = this.#shardKeys.get(`${table} ${right}`);
    if (known !== undefined) return known ?? undefined;
    const found = this.#findShardKey(table, right);
    this.#shardKeys.set(`${table} ${right}`, found ?? null);
    return found;
  }

  #findShardKey(table: string, right: 'read' | 'create'): Exclude<WireValue, null> | undefined {
    const { read, create } = this.#rulesOf(table);
    const rule = right === 'read' ? read : (create?.check ?? null);
    if (rule === null || !this.#hasClaimsFor(table, rule)) return undefined;
    const { shardKey } = this.#whole.table(table);
    const given = boundValue(withClaims(rule, this.claims), shardKey.name);
    return given === undefined ? undefined : toOperand(this.#whole.table(table), shardKey, given);
  }

  whereOf(table: string, verb: 'update' | 'delete', values: PlanValues): Access {
    const rules = this.#rulesOf(table)[verb];
    return rules === null ? NOTHING : this.filterOf(table, rules.where, values);
  }

  presetsOf(type: string, verb: 'create' | 'update'): WireValues {
    const known = this.#presets.get(`${type} ${verb}`);
    if (known !== undefined) return known;
    const table = this.#whole.table(type);
    const given = this.#rulesOf(type)[verb]?.set ?? [];
    const presets = Object.fromEntries(
      [...given].map(([name, value]) => [name, this.presetOf(table, table.columnByName.get(name)!, value)]),
    );
    this.#presets.set(`${type} ${verb}`, presets);
    return presets;
  }

  pathOf(type: string): string | undefined {
    return this.#nameInErrors === null ? undefined : `${type}.access.${this.#nameInErrors}`;
  }

  writeRules(types: Iterable<string>): WriteRules {
    this.#writeRules ??= new CallerWriteRules(
      this.#whole,
      this.#role,
      (type, rule, values) => this.filterOf(type, rule, values),
      (type) => this.pathOf(type),
    );
    return this.#writeRules.of(types);
  }

  /**
   * The rows of a type that a rule is true for, as a filter of a plan with these values. Rules see all rows of the tables that they
   * name; null: the rule is true for each row.
   */
  filterOf(type: string, rule: RowRule, values: PlanValues): Filter | null {
    if (rule === null) return EVERYTHING;
    return this.#hasClaimsFor(type, rule) ? this.#compile(type, rule, values) : NOTHING;
  }

  /**
   * What a rule gives for a column.
   *
   * @throws ShardQLError FORBIDDEN if the caller lacks the claim, or it is no value of the column.
   */
  presetOf({ typeName }: TableModel, column: ColumnModel, value: PresetValue): WireValue {
    if (!(value instanceof Claim)) return value;
    const given = Object.hasOwn(this.claims, value.name) ? this.claims[value.name] : undefined;
    try {
      if (given !== undefined && given !== null) return inputToWire(column, given);
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
    }
    throw new ShardQLError(
      'FORBIDDEN',
      `Expected a credential with the claim ${JSON.stringify(value.name)}, which rows of ${typeName} are written with, but got ${given === undefined || given === null ? 'one without' : 'another value'}.`,
      { table: typeName },
    );
  }

  /** One digit for each rule for reads that depends on claims: plans differ by whether the rule can be true at all. */
  #boundReads(): string {
    let digits = '';
    for (const [type, { read }] of this.#role) {
      if (read !== null && usesClaims(read)) digits += this.#hasClaimsFor(type, read) ? '1' : '0';
    }
    return digits;
  }

  #rulesOf(table: string) {
    return this.#role.get(table) ?? violated(`Expected a table that the role may read, but got ${table}.`);
  }

  #hasClaimsFor(type: string, rule: RuleWhere): boolean {
    let isBound = this.#isBound.get(rule);
    if (isBound === undefined) {
      isBound = this.#canCompile(type, rule);
      this.#isBound.set(rule, isBound);
    }
    return isBound;
  }

  /** False if a claim is missing, or no value of the column that it is compared with. */
  #canCompile(type: string, rule: RuleWhere): boolean {
    if (!usesClaims(rule)) return true;
    try {
      this.#compile(type, rule, new PlanValues());
      return true;
    } catch (error) {
      if (error instanceof MissingClaim || (error instanceof ShardQLError && error.code === 'BAD_USER_INPUT'))
        return false;
      throw error;
    }
  }

  #compile(type: string, rule: RuleWhere, values: PlanValues): Filter | null {
    const table = this.#whole.table(type);
    const where = withClaims(rule, this.claims);
    const parts: FilterParts = {
      model: this.#whole,
      access: FULL_ACCESS,
      args: new RuleArguments(rule),
      values,
      idSets: [],
      computed: [],
    };
    const filter = whereToFilter(table, where, parts, new FilterBudget());
    if (parts.computed.length === 0) return filter;
    // What the rule computes has a place of its own: the names of what is asked for may be the same.
    const { names } = table.primaryKey;
    const itself = visibleRows(parts, type, { filter, computed: parts.computed, includeDeleted: true });
    return exists(relatedRows(itself, names, names));
  }
}

/** The value that a rule wants a column to have. Whether there is one shows in the rule, whatever the caller's claims. */
function boundValue(where: RuleWhere, column: string): unknown {
  const { eq } = (where[column] ?? {}) as { readonly eq?: unknown };
  if (eq !== undefined) return eq;
  for (const term of (where.AND ?? []) as readonly RuleWhere[]) {
    const given = boundValue(term, column);
    if (given !== undefined) return given;
  }
  return undefined;
}
