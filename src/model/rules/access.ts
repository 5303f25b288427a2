import { Claim } from '../access/claim.ts';
import type { DeclaredTableAccess } from '../access/options.ts';
import { inputToWire } from '../codec.ts';
import { InvalidValueError } from '../invalid-value-error.ts';
import { findKeyColumns } from '../key-columns.ts';
import { whereTable } from '../model-draft.ts';
import { code } from '../snippets.ts';
import type { TableDraft } from '../table-draft.ts';
import { valueRemedy } from './access-operand.ts';
import { describe, isObject, meantName, type ReportWrong } from './access-problem.ts';
import { WhereRules } from './access-where.ts';
import type { ModelRule } from './rule.ts';

/** Roles that rules cannot be for: they may do everything, or are nobody's. */
const RESERVED_ROLES: Readonly<Record<string, string>> = {
  operator: 'who may do everything',
  developer: 'who may do everything on their own machine',
  system: 'which is ShardQL itself',
};

const TABLE_OPTIONS: Readonly<Record<keyof DeclaredTableAccess, true>> = {
  read: true,
  columns: true,
  hidden: true,
  aggregates: true,
  maxPageRows: true,
  asOf: true,
  create: true,
  update: true,
  delete: true,
};
const CREATE_OPTIONS = ['columns', 'set', 'check'];
const UPDATE_OPTIONS = [...CREATE_OPTIONS, 'where', 'transitions'];
const MAX_PAGE_ROWS = 100;

/** Access rules name roles, columns and relations that are there, and rows of their own shard. */
export const accessRule: ModelRule = (draft, report) => {
  const isKey = findKeyColumns(draft, draft.relationsByType);
  for (const table of draft.tables) {
    for (const [role, declared] of Object.entries(table.access)) {
      const where = `${whereTable(table)}, access of ${JSON.stringify(role)}`;
      const wrong: ReportWrong = (message, remedy) => report({ where, message, remedy });
      const place = new RulePlace(table, new WhereRules(draft, isKey, wrong), wrong);
      if (Object.hasOwn(RESERVED_ROLES, role) || role === '') place.reserved(role);
      if (typeof declared === 'boolean') continue;
      if (!isObject(declared)) {
        wrong(
          `Expected true, false or an object of rules, but got ${describe(declared)}.`,
          'Write { read: true }, say.',
        );
        continue;
      }
      place.table(declared as DeclaredTableAccess);
    }
  }
};

/** One role's rules of one table. */
class RulePlace {
  readonly #table: TableDraft;
  readonly #wheres: WhereRules;
  readonly #wrong: ReportWrong;

  constructor(table: TableDraft, wheres: WhereRules, wrong: ReportWrong) {
    this.#table = table;
    this.#wheres = wheres;
    this.#wrong = wrong;
  }

  reserved(role: string): void {
    const whose = RESERVED_ROLES[role];
    this.#wrong(
      `Expected a role of the application, but got ${JSON.stringify(role)}${whose ? `, ${whose}` : ''}.`,
      'Leave it out, or name another role.',
    );
  }

  table(declared: DeclaredTableAccess): void {
    this.#options(declared, Object.keys(TABLE_OPTIONS), '');
    const { read = false, columns, hidden, aggregates, maxPageRows, asOf, create, update } = declared;
    this.#rule(read, 'read');
    this.#rule(declared.delete ?? false, 'delete');
    this.#columns(columns, 'columns');
    this.#columns(hidden, 'hidden');
    this.#keyColumns(hidden);
    for (const [name, value] of Object.entries({ aggregates, asOf })) {
      if (value !== undefined && typeof value !== 'boolean') {
        this.#wrong(`Expected ${name} to be true or false, but got ${describe(value)}.`, 'Write one of them.');
      }
    }
    if (
      maxPageRows !== undefined &&
      !(Number.isInteger(maxPageRows) && maxPageRows >= 1 && maxPageRows <= MAX_PAGE_ROWS)
    ) {
      this.#wrong(
        `Expected maxPageRows to be a whole number from 1 to ${MAX_PAGE_ROWS}, but got ${describe(maxPageRows)}.`,
        'Write such a number, or leave it out.',
      );
    }
    this.#write(create, 'create', CREATE_OPTIONS);
    this.#write(update, 'update', UPDATE_OPTIONS);
    const writes = [create, update, declared.delete].some((rule) => rule !== undefined && rule !== false);
    if (read === false && writes) {
      this.#wrong(
        'Expected read where rows may be written, since answers of writes show them, but got none.',
        `Add ${code('read: { OR: [] }')}, which shows no rows, or a rule that shows some.`,
      );
    }
  }

  #write(declared: unknown, name: 'create' | 'update', options: readonly string[]): void {
    if (declared === undefined || typeof declared === 'boolean') return;
    if (!isObject(declared)) {
      this.#wrong(
        `Expected ${name} to be true, false or an object, but got ${describe(declared)}.`,
        `Write ${code(`${name}: true`)}, say.`,
      );
      return;
    }
    this.#options(declared, options, `${name}.`);
    const { columns, set, check, where, transitions } = declared as Readonly<Record<string, unknown>>;
    this.#columns(columns, `${name}.columns`);
    if (set !== undefined) this.#presets(set, `${name}.set`);
    if (check !== undefined) this.#rule(check === false ? null : check, `${name}.check`);
    if (where !== undefined) this.#condition(where, `${name}.where`);
    if (transitions === undefined) return;
    if (!Array.isArray(transitions) || !transitions.every((each) => isObject(each) && 'from' in each && 'to' in each)) {
      this.#wrong(
        `Expected ${name}.transitions to be a list of { from, to }, but got ${describe(transitions)}.`,
        `Write ${code('transitions: [{ from: { … }, to: { … } }]')}.`,
      );
      return;
    }
    // It would look at no column, and so allow every change: the opposite of what it says.
    if (transitions.length === 0) {
      this.#wrong(
        `Expected ${name}.transitions to be a list of at least one { from, to }, but got an empty one.`,
        `Leave the column out of ${code(`${name}.columns`)} if nobody may change it, or leave transitions out to allow every change.`,
      );
      return;
    }
    for (const [index, { from, to }] of (transitions as { from: unknown; to: unknown }[]).entries()) {
      this.#condition(from, `${name}.transitions.${index}.from`);
      this.#condition(to, `${name}.transitions.${index}.to`);
    }
  }

  #presets(set: unknown, path: string): void {
    if (!isObject(set)) {
      this.#wrong(`Expected ${path} to be an object of values by column, but got ${describe(set)}.`, 'Write one.');
      return;
    }
    this.#columns(Object.keys(set), path);
    for (const [name, value] of Object.entries(set)) {
      const column = this.#table.columnByName.get(name);
      if (column === undefined || value instanceof Claim) continue;
      if (column.generated || name === this.#table.softDelete) {
        this.#wrong(`Expected ${path} to give columns that are written, but got "${name}".`, 'Leave it out.');
        continue;
      }
      try {
        inputToWire(column, value);
      } catch (error) {
        if (!(error instanceof InvalidValueError)) throw error;
        const message = error.message.replace('Expected', `Expected ${path}.${name} to be`);
        this.#wrong(message, valueRemedy(column, value));
      }
    }
  }

  #rule(rule: unknown, path: string): void {
    if (typeof rule !== 'boolean') this.#condition(rule, path);
  }

  #condition(where: unknown, path: string): void {
    this.#wheres.check(this.#table, where, path);
  }

  #columns(names: unknown, path: string): void {
    if (names === undefined) return;
    if (!Array.isArray(names)) {
      this.#wrong(
        `Expected ${path} to be a list of columns, but got ${describe(names)}.`,
        `Write ${code(`${path}: ['name']`)}, say.`,
      );
      return;
    }
    const known = [...this.#table.columnByName.keys()];
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    this.#wrong(
      `Expected ${path} to name columns, but got ${JSON.stringify(unknown)}.`,
      meantName(String(unknown), known, 'Name properties of the Drizzle table:'),
    );
  }

  /** Global ids hold them. */
  #keyColumns(hidden: unknown): void {
    const key = Array.isArray(hidden) ? hidden.find((name) => this.#table.primaryKey.includes(name)) : undefined;
    if (key === undefined) return;
    this.#wrong(
      `Expected hidden to leave the primary key out, but got "${key}".`,
      'Leave it out: global ids and cursors hold the key of a row.',
    );
  }

  #options(declared: object, known: readonly string[], path: string): void {
    // Not "leave it out": a rule that is left out may allow more than the one that was meant.
    for (const name of Object.keys(declared)) {
      if (known.includes(name)) continue;
      this.#wrong(`Expected the options ${known.join(', ')}, but got "${path}${name}".`, meantName(name, known));
    }
  }
}
