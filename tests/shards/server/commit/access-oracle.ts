/**
 * What a caller with rules may write, in plain JavaScript over rows in memory: an independent statement of
 * `docs/decisions/0084`, for the tables of `access-lab.ts`.
 */
export type Table = 'Person' | 'Project' | 'Task';
export type Row = Readonly<Record<string, string | null>>;

/** A rule for rows: one of the terms holds. Null: any row. */
export type Rule = readonly Term[] | null;

/** A column has a value; with `project`, that of the project of a task. */
export interface Term {
  readonly column: string;
  readonly value: string;
  readonly ofProject: boolean;
}

export interface Rules {
  readonly read: Rule;
  readonly create: { readonly check: Rule } | null;
  readonly update: {
    readonly where: Rule;
    readonly check: Rule;
    readonly transitions: readonly Transition[] | null;
  } | null;
  readonly delete: { readonly where: Rule } | null;
}

/** By values of `status`. */
export interface Transition {
  readonly from: string;
  readonly to: string;
}

export type RulesByTable = Readonly<Record<Table, Rules>>;

export type Step =
  | { readonly kind: 'create'; readonly table: Table; readonly row: Row }
  | { readonly kind: 'update'; readonly table: Table; readonly id: string; readonly set: Row }
  | { readonly kind: 'upsert'; readonly table: Table; readonly row: Row; readonly set: Row }
  | { readonly kind: 'delete' | 'restore' | 'find'; readonly table: Table; readonly id: string };

export class Refused extends Error {}

const refuse = (code: string): never => {
  throw new Refused(code);
};

/** Which tables rows of a table refer to, by column. */
const REFERENCES: Readonly<Record<Table, readonly (readonly [column: string, target: Table])[]>> = {
  Person: [],
  Project: [['ownerId', 'Person']],
  Task: [
    ['projectId', 'Project'],
    ['assigneeId', 'Person'],
  ],
};

type Tables = Record<Table, Map<string, Row>>;

export class World {
  tables: Tables = { Person: new Map(), Project: new Map(), Task: new Map() };

  /** All or nothing; gives the code of the failure, or OK. */
  commit(rules: RulesByTable, steps: readonly Step[]): string {
    const before = this.tables;
    this.tables = {
      Person: new Map(before.Person),
      Project: new Map(before.Project),
      Task: new Map(before.Task),
    };
    try {
      const commit = new Commit(this.tables, before, rules);
      for (const step of steps) commit.apply(step);
      commit.verifyAll();
      return 'OK';
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.tables = before;
      return error.message;
    }
  }
}

class Commit {
  readonly #now: Tables;
  readonly #before: Tables;
  readonly #rules: RulesByTable;
  /** Of rows that were written; true: looked at since. */
  readonly #written = new Map<
    string,
    { readonly table: Table; readonly id: string; readonly isNew: boolean; isVerified: boolean }
  >();

  constructor(now: Tables, before: Tables, rules: RulesByTable) {
    this.#now = now;
    this.#before = before;
    this.#rules = rules;
  }

  apply(step: Step): void {
    const { kind, table } = step;
    switch (kind) {
      case 'create':
        this.#create(table, step.row);
        return;
      case 'update': {
        this.#named(table, step.id, 'update', false);
        this.#change(table, step.id, step.set);
        return;
      }
      case 'upsert': {
        const id = step.row.id!;
        const row = this.#now[table].get(id);
        const right = Object.keys(step.set).length > 0 ? 'update' : 'read';
        const isThere = row !== undefined && row.deletedAt == null && this.#judge(table, id, right) !== 'hidden';
        if (isThere && this.#judge(table, id, right) === 'denied') refuse('FORBIDDEN');
        if (isThere) this.#change(table, id, step.set);
        else this.#create(table, step.row);
        return;
      }
      case 'find':
        this.#named(table, step.id, 'read', false);
        return;
      case 'restore':
        this.#named(table, step.id, 'delete', true);
        this.#now[table].set(step.id, { ...this.#now[table].get(step.id)!, deletedAt: null });
        return;
      case 'delete':
        this.#named(table, step.id, 'delete', false);
        this.#remove(table, step.id);
    }
  }

  verifyAll(): void {
    for (const written of this.#written.values()) this.#verify(written);
  }

  #create(table: Table, row: Row): void {
    if (this.#rules[table].create === null) refuse('FORBIDDEN');
    this.#refer(table, row);
    if (this.#now[table].has(row.id!)) refuse('UNIQUE_VIOLATION');
    this.#requireTargets(table, row);
    this.#now[table].set(row.id!, row);
    this.#note(table, row.id!, true);
  }

  #change(table: Table, id: string, set: Row): void {
    if (Object.keys(set).length === 0) return;
    this.#refer(table, set);
    this.#requireTargets(table, set);
    this.#now[table].set(id, { ...this.#now[table].get(id)!, ...set });
    this.#note(table, id, false);
  }

  #remove(table: Table, id: string): void {
    if (table === 'Project') {
      this.#now[table].set(id, { ...this.#now[table].get(id)!, deletedAt: 'now' });
      return;
    }
    for (const [other, references] of Object.entries(REFERENCES) as [Table, (typeof REFERENCES)[Table]][]) {
      for (const [column, target] of references) {
        const refers = target === table && [...this.#now[other].values()].some((row) => row[column] === id);
        if (refers) refuse('FOREIGN_KEY_VIOLATION');
      }
    }
    this.#now[table].delete(id);
  }

  /** What the caller refers to has to be readable, where that is not everything. */
  #refer(table: Table, given: Row): void {
    for (const [column, target] of REFERENCES[table]) {
      const id = given[column];
      if (id == null || this.#rules[target].read === null) continue;
      const row = this.#now[target].get(id);
      if (row === undefined || !this.#holds(this.#rules[target].read, row)) refuse('FOREIGN_KEY_VIOLATION');
    }
  }

  #requireTargets(table: Table, given: Row): void {
    for (const [column, target] of REFERENCES[table]) {
      const id = given[column];
      if (id != null && !this.#now[target].has(id)) refuse('FOREIGN_KEY_VIOLATION');
    }
  }

  #named(table: Table, id: string, right: 'read' | 'update' | 'delete', isDeleted: boolean): void {
    const row = this.#now[table].get(id);
    if (row === undefined || (row.deletedAt != null) !== isDeleted) refuse('NOT_FOUND');
    const verdict = this.#judge(table, id, right);
    if (verdict === 'hidden') refuse('NOT_FOUND');
    if (verdict === 'denied') refuse('FORBIDDEN');
  }

  #judge(table: Table, id: string, right: 'read' | 'update' | 'delete'): 'allowed' | 'denied' | 'hidden' {
    const rules = this.#rules[table];
    const row = this.#now[table].get(id)!;
    if (right !== 'read') {
      const rule = right === 'update' ? rules.update : rules.delete;
      // A row that is about to go is looked at now or never.
      const written = this.#written.get(`${table} ${id}`);
      if (rule !== null && right === 'delete' && written && !written.isVerified) this.#settle([written]);
      if (rule !== null && this.#holdAll([rules.read, rule.where], row)) return 'allowed';
    }
    if (!this.#holds(rules.read, row)) return 'hidden';
    return right === 'read' ? 'allowed' : 'denied';
  }

  #holds(rule: Rule, row: Row): boolean {
    return this.#holdAll([rule], row);
  }

  /** Rules do not see rows that are what they must not be. */
  #holdAll(rules: readonly Rule[], row: Row): boolean {
    if (rules.some((rule) => rule?.some(({ ofProject }) => ofProject))) this.#settle(this.#unverified('Project'));
    return rules.every((rule) => this.#isTrue(rule, row));
  }

  #isTrue(rule: Rule, row: Row): boolean {
    if (rule === null) return true;
    return rule.some(({ column, value, ofProject }) => {
      const of = ofProject ? this.#now.Project.get(row.projectId!) : row;
      return of !== undefined && of[column] === value;
    });
  }

  #unverified(table: Table) {
    return [...this.#written.values()].filter((written) => written.table === table && !written.isVerified);
  }

  #settle(
    some: readonly { readonly table: Table; readonly id: string; readonly isNew: boolean; isVerified: boolean }[],
  ): void {
    for (const written of some) written.isVerified = true;
    const looksFurther = some.some(({ table }) => {
      const { create, update } = this.#rules[table];
      return [create?.check, update?.check].some((rule) => rule?.some(({ ofProject }) => ofProject));
    });
    if (looksFurther) this.#settle(this.#unverified('Project'));
    for (const written of some) this.#verify(written);
  }

  #verify({ table, id, isNew }: { readonly table: Table; readonly id: string; readonly isNew: boolean }): void {
    const row = this.#now[table].get(id);
    if (row === undefined || row.deletedAt != null) return;
    const { create, update } = this.#rules[table];
    const check = isNew ? create?.check : update?.check;
    if (!this.#isTrue(check ?? null, row)) refuse('FORBIDDEN');
    const transitions = isNew ? null : (update?.transitions ?? null);
    if (transitions === null) return;
    const [from, to] = [this.#before[table].get(id)!.status, row.status];
    const isAllowed = from === to || transitions.some((each) => each.from === from && each.to === to);
    if (!isAllowed) refuse('FORBIDDEN');
  }

  #note(table: Table, id: string, isNew: boolean): void {
    const key = `${table} ${id}`;
    const known = this.#written.get(key);
    this.#written.set(key, { table, id, isNew: isNew || (known?.isNew ?? false), isVerified: false });
  }
}
