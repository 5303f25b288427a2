import { Claim } from '../access/claim.ts';
import type { DeclaredTableAccess } from '../access/options.ts';
import { inputToWire } from '../codec.ts';
import { InvalidValueError } from '../invalid-value-error.ts';
import { type ModelDraft, whereTable } from '../model-draft.ts';
import type { ModelProblem, ReportProblem } from '../model-error.ts';
import { code } from '../snippets.ts';
import type { TableDraft } from '../table-draft.ts';
import type { RelationModel } from '../types.ts';
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

const TEXT_OPERATORS = ['contains', 'startsWith', 'endsWith', 'like', 'ieq'];
/** Operators that compare with one value, or with a list that a claim may be. */
const OPERANDS: ReadonlySet<string> = new Set([
  ...['eq', 'ne', 'in', 'notIn', 'gt', 'gte', 'lt', 'lte'],
  ...TEXT_OPERATORS,
  ...['icontains', 'istartsWith', 'iendsWith', 'ilike'],
]);

type Draft = ModelDraft & { readonly relationsByType: ReadonlyMap<string, readonly RelationModel[]> };

/** Access rules name roles, columns and relations that are there, and rows of their own shard. */
export const accessRule: ModelRule = (draft, report) => {
  for (const table of draft.tables) {
    for (const [role, declared] of Object.entries(table.access)) {
      const place = new RulePlace(draft, table, `${whereTable(table)}, access of ${JSON.stringify(role)}`, report);
      if (Object.hasOwn(RESERVED_ROLES, role) || role === '') place.reserved(role);
      if (typeof declared === 'boolean') continue;
      if (!isObject(declared)) {
        place.wrong(
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
  readonly #draft: Draft;
  readonly #table: TableDraft;
  readonly #where: string;
  readonly #report: ReportProblem;

  constructor(draft: Draft, table: TableDraft, where: string, report: ReportProblem) {
    this.#draft = draft;
    this.#table = table;
    this.#where = where;
    this.#report = report;
  }

  wrong(message: ModelProblem['message'], remedy: string): void {
    this.#report({ where: this.#where, message, remedy });
  }

  reserved(role: string): void {
    const whose = RESERVED_ROLES[role];
    this.wrong(
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
        this.wrong(`Expected ${name} to be true or false, but got ${describe(value)}.`, 'Write one of them.');
      }
    }
    if (
      maxPageRows !== undefined &&
      !(Number.isInteger(maxPageRows) && maxPageRows >= 1 && maxPageRows <= MAX_PAGE_ROWS)
    ) {
      this.wrong(
        `Expected maxPageRows to be a whole number from 1 to ${MAX_PAGE_ROWS}, but got ${describe(maxPageRows)}.`,
        'Write such a number, or leave it out.',
      );
    }
    this.#write(create, 'create', CREATE_OPTIONS);
    this.#write(update, 'update', UPDATE_OPTIONS);
    const writes = [create, update, declared.delete].some((rule) => rule !== undefined && rule !== false);
    if (read === false && writes) {
      this.wrong(
        'Expected read where rows may be written, since answers of writes show them, but got none.',
        `Add ${code('read: { OR: [] }')}, which shows no rows, or a rule that shows some.`,
      );
    }
  }

  #write(declared: unknown, name: 'create' | 'update', options: readonly string[]): void {
    if (declared === undefined || typeof declared === 'boolean') return;
    if (!isObject(declared)) {
      this.wrong(
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
      this.wrong(
        `Expected ${name}.transitions to be a list of { from, to }, but got ${describe(transitions)}.`,
        `Write ${code('transitions: [{ from: { … }, to: { … } }]')}.`,
      );
      return;
    }
    // It would look at no column, and so allow every change: the opposite of what it says.
    if (transitions.length === 0) {
      this.wrong(
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
      this.wrong(`Expected ${path} to be an object of values by column, but got ${describe(set)}.`, 'Write one.');
      return;
    }
    this.#columns(Object.keys(set), path);
    for (const [name, value] of Object.entries(set)) {
      const column = this.#table.columnByName.get(name);
      if (column === undefined || value instanceof Claim) continue;
      if (column.generated || name === this.#table.softDelete) {
        this.wrong(`Expected ${path} to give columns that are written, but got "${name}".`, 'Leave it out.');
        continue;
      }
      try {
        inputToWire(column, value);
      } catch (error) {
        if (!(error instanceof InvalidValueError)) throw error;
        this.wrong(`${path}.${name}: ${error.message}`, 'Write a value that the column holds.');
      }
    }
  }

  #rule(rule: unknown, path: string): void {
    if (typeof rule !== 'boolean') this.#condition(rule, path);
  }

  #condition(where: unknown, path: string): void {
    this.#names(this.#table, where, path);
  }

  /** Each name of a `where` is known, and leads to rows of the same shard. What the values are is for the planner to say. */
  #names(table: TableDraft, where: unknown, path: string, isOfRelated = false): void {
    if (!isObject(where) || where instanceof Claim) {
      this.wrong(
        `Expected ${path} to be a where, but got ${describe(where)}.`,
        `Write ${code('{ column: { eq: … } }')}, say.`,
      );
      return;
    }
    // Of related rows it asks that there is one; elsewhere it lets every row pass, or none, without a word.
    if (!isOfRelated && Object.keys(where).length === 0) {
      this.wrong(`Expected ${path} to have a condition, but got none.`, 'Write true if every row may pass.');
    }
    for (const [name, value] of Object.entries(where)) {
      const at = `${path}.${name}`;
      if (name === 'AND' || name === 'OR') {
        if (Array.isArray(value))
          for (const [index, term] of value.entries()) this.#names(table, term, `${at}.${index}`);
        else
          this.wrong(`Expected ${at} to be a list, but got ${describe(value)}.`, 'Write the conditions in brackets.');
      } else if (name === 'NOT') this.#names(table, value, at);
      else this.#member(table, name, value, at);
    }
  }

  #member(table: TableDraft, name: string, value: unknown, path: string): void {
    const column = table.columnByName.get(name);
    if (column !== undefined) {
      if (!isObject(value) || value instanceof Claim) {
        this.wrong(
          `Expected ${path} to be an object of operators, but got ${describe(value)}.`,
          `Write ${code('{ eq: … }')}.`,
        );
      } else if (column.scalar === 'JSON' && holdsClaim(value)) {
        this.wrong(
          `Expected ${path}, a condition on JSON, to have values alone, but got a claim.`,
          'Compare a column of another type with the claim.',
        );
      } else this.#operators(value, path);
      return;
    }
    const relations = this.#draft.relationsByType.get(table.typeName) ?? [];
    const relation = relations.find((each) => each.name === name || `${each.name}Aggregate` === name);
    if (relation === undefined) {
      const known = [...table.columnByName.keys(), ...relations.map((each) => each.name)];
      this.wrong(
        `Expected ${path} to name a column or relation of ${table.typeName}, but got "${name}".`,
        `It has ${known.join(', ')}.`,
      );
      return;
    }
    if (!relation.colocated) {
      this.wrong(
        `Expected ${path} to be a relation within a shard, but got one to rows of other shards.`,
        'Rules are decided where the row is: compare a column of its own, or a claim.',
      );
      return;
    }
    const target = this.#draft.tableByType.get(relation.targetType);
    if (name !== relation.name) this.#operands(value, path);
    if (target === undefined || name !== relation.name) return;
    if (relation.kind === 'one') this.#names(target, value, path, true);
    else if (!isObject(value))
      this.wrong(`Expected ${path} to be some, every or none, but got ${describe(value)}.`, 'Write { some: { … } }.');
    else
      for (const [quantifier, inner] of Object.entries(value))
        this.#names(target, inner, `${path}.${quantifier}`, true);
  }

  /** What is left out of a condition decides nothing: a rule must not let every row pass because of a value that is missing. */
  #operators(operators: Readonly<Record<string, unknown>>, path: string): void {
    const values = Object.values(operators);
    if (values.length === 0 || values.includes(undefined)) {
      this.wrong(
        `Expected ${path} to have a value for each operator, but got ${values.length === 0 ? 'no operator' : 'undefined'}.`,
        'Write true in place of the where if every row may pass.',
      );
    }
    this.#operands(operators, path);
  }

  /** Plans are remembered for all callers of a role: claims are values in them, and do not decide what they look like. */
  #operands(operators: unknown, path: string): void {
    const name = misplacedClaim(operators, '');
    if (name === null) return;
    this.wrong(
      `Expected ${path} to have claims as operands alone, but got one for ${JSON.stringify(name)}.`,
      `Write ${code('{ eq: claim(…) }')}, or ${code('{ between: [claim(…), claim(…)] }')}, say.`,
    );
  }

  #columns(names: unknown, path: string): void {
    if (names === undefined) return;
    if (!Array.isArray(names)) {
      this.wrong(
        `Expected ${path} to be a list of columns, but got ${describe(names)}.`,
        `Write ${code(`${path}: ['name']`)}, say.`,
      );
      return;
    }
    const unknown = names.find((name) => !this.#table.columnByName.has(name));
    if (unknown === undefined) return;
    this.wrong(
      `Expected ${path} to name columns, but got ${JSON.stringify(unknown)}.`,
      `Name properties of the Drizzle table: ${[...this.#table.columnByName.keys()].join(', ')}.`,
    );
  }

  /** Global ids hold them. */
  #keyColumns(hidden: unknown): void {
    const key = Array.isArray(hidden) ? hidden.find((name) => this.#table.primaryKey.includes(name)) : undefined;
    if (key === undefined) return;
    this.wrong(
      `Expected hidden to leave the primary key out, but got "${key}".`,
      'Leave it out: global ids and cursors hold the key of a row.',
    );
  }

  #options(declared: object, known: readonly string[], path: string): void {
    const unknown = Object.keys(declared).find((name) => !known.includes(name));
    if (unknown === undefined) return;
    this.wrong(`Expected the options ${known.join(', ')}, but got "${path}${unknown}".`, 'Leave it out.');
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function describe(value: unknown): string {
  if (value instanceof Claim) return 'a claim';
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : JSON.stringify(value);
}

/** What a claim stands for that is no operand; null: there is none. */
function misplacedClaim(value: unknown, name: string): string | null {
  if (value instanceof Claim) return OPERANDS.has(name) ? null : name;
  if (typeof value !== 'object' || value === null) return null;
  const inner = Object.entries(value).map(([key, each]) => misplacedClaim(each, Array.isArray(value) ? 'eq' : key));
  return inner.find((found) => found !== null) ?? null;
}

const holdsClaim = (value: unknown): boolean =>
  value instanceof Claim || (typeof value === 'object' && value !== null && Object.values(value).some(holdsClaim));
