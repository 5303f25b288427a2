import type { ColumnModel, TableModel } from '../../../../model/types.ts';
import type { WriteRequest } from '../../../protocol/write.ts';
import type { RowTest, TableWriteRules, WriteRules } from '../../../write-rules.ts';
import type { CommitScope } from '../commit-scope.ts';
import { findStoredRows } from '../stored-rows.ts';
import type { CallerAccess, NamedRow, PrimaryKey, RowRight } from './caller-access.ts';
import { forOperators, mayNotChange, mayNotChangeSo, mayNotCreate, mayNotDelete, RuleBroken } from './errors.ts';
import { RowTests } from './row-tests.ts';
import { checkRules } from './shape.ts';
import { type StateBefore, Transitions } from './transitions.ts';
import { type WrittenRow, WrittenRows } from './written-rows.ts';

type Scope = Pick<CommitScope, 'model' | 'plans' | 'session' | 'shardKeys' | 'visibleOnly'>;

/**
 * Holds one commit to the rules of its caller. Rules look at rows as they are at that point of the transaction, and at its end at
 * all rows that it has written. In between, a rule may look at rows that the commit itself has made what it must not: so those
 * are looked at before (`#settle`).
 */
class CommitAccess implements CallerAccess {
  readonly #scope: Scope;
  readonly #rules: WriteRules;
  readonly #tests: RowTests;
  readonly #written = new WrittenRows();
  readonly #transitionsByTable = new Map<TableModel, Transitions>();
  #operation = 0;

  constructor(scope: Scope, rules: WriteRules) {
    this.#scope = scope;
    this.#rules = rules;
    this.#tests = new RowTests(scope);
  }

  /** The operation of this index is applied next. */
  begin(operation: number): void {
    this.#operation = operation;
  }

  judge(table: TableModel, right: RowRight, keys: readonly PrimaryKey[]): ReturnType<CallerAccess['judge']> {
    const rules = this.#rulesOf(table);
    if (rules === null) return keys.map(() => 'hidden');
    const isReadable = (some: readonly PrimaryKey[]) => this.#holds(table, rules.read, some, false);
    if (right === 'read') return isReadable(keys).map((found) => (found ? 'allowed' : 'hidden'));
    const rule = right === 'update' ? rules.update : rules.delete;
    const where = rule?.where ?? rules.read;
    const verdicts: ReturnType<CallerAccess['judge']> =
      rule === null
        ? keys.map(() => 'denied')
        : this.#holds(table, where, keys, right === 'delete').map((found) => (found ? 'allowed' : 'denied'));
    const denied = [...verdicts.keys()].filter((at) => verdicts[at] === 'denied');
    const readable = isReadable(denied.map((at) => keys[at]!));
    for (const [position, at] of denied.entries()) if (!readable[position]) verdicts[at] = 'hidden';
    return verdicts;
  }

  pathOf(table: TableModel, rule: string): string | undefined {
    const path = this.#rulesOf(table)?.path;
    return path === undefined ? undefined : `${path}.${rule}`;
  }

  reads(table: TableModel, key: PrimaryKey): boolean {
    return this.judge(table, 'read', [key])[0] === 'allowed';
  }

  refuse(table: TableModel, right: RowRight, verdict: ReturnType<CallerAccess['judge']>[number] | undefined): void {
    if (verdict !== 'denied') return;
    if (right === 'delete') throw mayNotDelete(table, this.pathOf(table, 'delete'));
    const rule = this.#rulesOf(table)?.update ? 'update.where' : 'update';
    throw mayNotChange(table, this.pathOf(table, rule));
  }

  requireCreate(table: TableModel): void {
    if (!this.#rulesOf(table)?.create) throw mayNotCreate(table, this.pathOf(table, 'create'));
  }

  requireVerb(table: TableModel, verb: 'update' | 'delete'): void {
    if (!this.#rulesOf(table)?.[verb]) this.refuse(table, verb, 'denied');
  }

  looksAtTargets(table: TableModel, verb: 'create' | 'update', columns: readonly string[], target: string): boolean {
    const presets = this.#rulesOf(table)?.[verb]?.presets ?? [];
    if (columns.every((name) => presets.includes(name))) return false;
    return this.#rules[target] === undefined || this.#rules[target].read !== null;
  }

  willRead(plan: string): void {
    this.#settle(this.#scope.plans.tablesOf(plan));
  }

  followsNewRows(table: TableModel): boolean {
    const rules = this.#rulesOf(table);
    return (rules?.create?.check ?? null) !== null || (rules?.update ?? null) !== null;
  }

  created(table: TableModel, keys: readonly (PrimaryKey | null)[], areOfList = false): void {
    for (const [row, primaryKey] of keys.entries()) {
      if (primaryKey !== null) this.#add(table, { primaryKey, rowId: null, isNew: true }, areOfList ? row : undefined);
    }
  }

  willChange(table: TableModel, rows: readonly NamedRow[], columns: readonly ColumnModel[]): void {
    const transitions = this.#transitionsOf(table);
    if (transitions === null || !transitions.areAbout(columns)) return;
    const open = rows.filter(({ primaryKey }) => {
      const isNew = this.#written.of(table, primaryKey)?.isNew ?? false;
      return !isNew && this.#written.before(table, primaryKey) === null;
    });
    if (open.length === 0) return;
    for (const [at, before] of transitions.statesOf(open).entries()) {
      this.#written.noteBefore(table, open[at]!.primaryKey, before);
    }
  }

  changed(table: TableModel, rows: readonly (NamedRow | null)[], areOfList = false): void {
    for (const [at, row] of rows.entries()) {
      if (row !== null) this.#add(table, { ...row, isNew: false }, areOfList ? at : undefined);
    }
  }

  /**
   * All operations are applied.
   *
   * @throws RuleBroken for a row that is what it must not be.
   */
  verify(): void {
    for (const [table, rows] of this.#written.entries()) {
      for (const row of rows) row.isVerified = true;
      this.#verify(table, rows);
    }
  }

  #rulesOf({ typeName }: TableModel): TableWriteRules | null {
    return this.#rules[typeName] ?? null;
  }

  #transitionsOf(table: TableModel): Transitions | null {
    const known = this.#transitionsByTable.get(table);
    const list = this.#rulesOf(table)?.update?.transitions ?? null;
    if (known !== undefined || list === null) return known ?? null;
    const transitions = new Transitions(table, list, this.#tests, this.#scope.session);
    this.#transitionsByTable.set(table, transitions);
    return transitions;
  }

  #add(table: TableModel, row: Pick<WrittenRow, 'primaryKey' | 'rowId' | 'isNew'>, index: number | undefined): void {
    this.#written.add(table, { ...row, operation: this.#operation, row: index });
  }

  /** @param settlesOwn the rows themselves must be what they may be: they are about to go, and nobody could look at them later. */
  #holds(table: TableModel, test: RowTest | null, keys: readonly PrimaryKey[], settlesOwn: boolean): boolean[] {
    if (keys.length === 0) return [];
    const own = settlesOwn ? keys.flatMap((key) => this.#written.of(table, key) ?? []) : [];
    if (own.length > 0)
      this.#settleRows(
        table,
        own.filter(({ isVerified }) => !isVerified),
      );
    if (test === null) return keys.map(() => true);
    this.#settle(this.#tests.needsOf(test).tables);
    return this.#tests.finds(test, keys);
  }

  /** Looks at the rows of these tables that the commit has written so far: something is about to be decided by them. */
  #settle(types: Iterable<string>): void {
    for (const type of types) {
      const table = this.#scope.model.tableByType.get(type);
      if (table !== undefined) this.#settleRows(table, this.#written.unverified(table));
    }
  }

  /** Rules of the rows may look at further ones, which have to be what they may be as well. */
  #settleRows(table: TableModel, rows: readonly WrittenRow[]): void {
    if (rows.length === 0) return;
    // Before: they may be each other's.
    for (const row of rows) row.isVerified = true;
    const rules = this.#rulesOf(table);
    const tests = [rules?.create?.check, rules?.update?.check].filter((test) => test != null);
    this.#settle(tests.flatMap((test) => [...this.#tests.needsOf(test).tables]));
    this.#verify(table, rows);
  }

  #verify(table: TableModel, rows: readonly WrittenRow[]): void {
    const rules = this.#rulesOf(table);
    const [created, updated] = [rows.filter(({ isNew }) => isNew), rows.filter(({ isNew }) => !isNew)];
    const refuseUnlessFound = (test: RowTest | null | undefined, some: readonly WrittenRow[], isNew: boolean): void => {
      if (test == null || some.length === 0) return;
      const keys = some.map(({ primaryKey }) => primaryKey);
      const found = this.#tests.finds(test, keys);
      const broken = some.filter((_, at) => !found[at]);
      this.#refuseAmong(table, broken, isNew ? 'create.check' : 'update.check');
    };
    refuseUnlessFound(rules?.create?.check, created, true);
    refuseUnlessFound(rules?.update?.check, updated, false);
    this.#verifyTransitions(table, updated);
  }

  #verifyTransitions(table: TableModel, updated: readonly WrittenRow[]): void {
    const transitions = updated.length === 0 ? null : this.#transitionsOf(table);
    if (transitions === null) return;
    const moved: WrittenRow[] = [];
    const states: StateBefore[] = [];
    for (const row of updated) {
      const before = this.#written.before(table, row.primaryKey);
      if (before === null) continue;
      moved.push(row);
      states.push(before);
    }
    const allowed = transitions.allow(moved as readonly (WrittenRow & NamedRow)[], states);
    const broken = moved.filter((_, at) => !allowed[at]);
    this.#refuseAmong(table, broken, 'update.transitions');
  }

  /** Rows that are gone again, or deleted, break no rule. */
  #refuseAmong(
    table: TableModel,
    broken: readonly WrittenRow[],
    rule: 'create.check' | 'update.check' | 'update.transitions',
  ): void {
    if (broken.length === 0) return;
    const keys = broken.map(({ primaryKey }) => primaryKey);
    const stored = findStoredRows(this.#scope.session, table, table.primaryKey, keys);
    const at = stored.findIndex((row) => row !== null && !row.isDeleted);
    if (at < 0) return;
    const { operation, row } = broken[at]!;
    const refusal = rule === 'create.check' ? mayNotCreate : mayNotChangeSo;
    throw new RuleBroken(operation, row, refusal(table, this.pathOf(table, rule)));
  }
}

/**
 * Null: the caller may do everything.
 *
 * @throws ShardQLError FORBIDDEN for what only callers without rules may do; SHARD_UNAVAILABLE, to be tried again, for rules of a newer release.
 */
export function commitAccess(
  scope: Scope,
  { rules, operations }: Pick<WriteRequest, 'rules' | 'operations'>,
): CommitAccess | null {
  if (rules === undefined) return null;
  checkRules(rules);
  if (operations.some(({ kind }) => kind === 'import' || kind === 'undo')) throw forOperators();
  return new CommitAccess(scope, rules);
}
