/** Random writes of random roles, held to an oracle that knows what each may change. */
import { expect, it } from 'vitest';
import type { WriteOperation } from '../../../../src/shards/operation.ts';
import { exists, type Filter } from '../../../../src/shards/plan/filter.ts';
import type { RowTest, TableWriteRules, WriteRules } from '../../../../src/shards/write-rules.ts';
import { relatedOf } from '../../../support/plans.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { below, createRandom, pick, type Random } from '../../../support/random.ts';
import type { LabShard } from '../lab-shard.ts';
import { create, find, inDesk, remove, restore, test, update, upsert } from './access-lab.ts';
import {
  type Row,
  type Rule,
  type Rules,
  type RulesByTable,
  type Step,
  type Table,
  type Term,
  World,
} from './access-oracle.ts';

const TABLES: readonly Table[] = ['Person', 'Project', 'Task'];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  tier: ['basic', 'gold'],
  ownerId: ['me', 'you'],
  status: ['draft', 'sent', 'paid'],
  title: ['Task', 'Other'],
  projectId: ['me-1', 'you-1', 'me-gone', 'p1'],
  assigneeId: ['me', 'you', 'q1'],
};
const COLUMNS: Readonly<Record<Table, readonly string[]>> = {
  Person: ['tier'],
  Project: ['ownerId', 'status'],
  Task: ['title', 'projectId', 'assigneeId'],
};
const IDS: Readonly<Record<Table, readonly string[]>> = {
  Person: ['me', 'you', 'q1'],
  Project: ['me-1', 'you-1', 'me-gone', 'p1'],
  Task: ['me-a', 'you-a', 't1', 't2'],
};

const chance = (random: Random, share: number): boolean => random() < share;
const maybe = <T>(random: Random, share: number, make: () => T): T | null => (chance(random, share) ? make() : null);

function randomRule(random: Random, table: Table): Rule {
  const term = (): Term => {
    const ofProject = table === 'Task' && chance(random, 0.5);
    const column = pick(random, ofProject ? COLUMNS.Project : COLUMNS[table]);
    return { column, value: pick(random, VALUES[column]!), ofProject };
  };
  return maybe(random, 0.6, () => (chance(random, 0.5) ? [term()] : [term(), term()]));
}

function randomRules(random: Random, table: Table): Rules {
  const rule = () => randomRule(random, table);
  const status = () => pick(random, VALUES.status!);
  const transitions = () => Array.from({ length: 1 + below(random, 3) }, () => ({ from: status(), to: status() }));
  return {
    read: rule(),
    create: maybe(random, 0.85, () => ({ check: rule() })),
    update: maybe(random, 0.85, () => ({
      where: rule(),
      check: rule(),
      transitions: table === 'Project' ? maybe(random, 0.5, transitions) : null,
    })),
    delete: maybe(random, 0.8, () => ({ where: rule() })),
  };
}

/** The rules as shards are sent them. */
function toWriteRules(
  table: Table,
  { read, create: ofNew, update: ofChanged, delete: ofGone }: Rules,
): TableWriteRules {
  const toTest = (...rules: readonly Rule[]): RowTest | null => {
    const values: string[] = [];
    const terms = rules.flatMap((rule): Filter[] =>
      rule === null ? [] : [{ op: 'or', terms: rule.map((each) => toFilter(each, values)) }],
    );
    return terms.length === 0 ? null : test(table, { op: 'and', terms }, ...values);
  };
  const among = (where: Rule) => (where === null ? null : toTest(read, where));
  const status = (value: string) => test(table, { op: 'eq', column: 'status', value: 0 }, value);
  const transitions = ofChanged?.transitions?.map(({ from, to }) => ({ from: status(from), to: status(to) })) ?? null;
  return {
    read: toTest(read),
    create: ofNew && { check: toTest(ofNew.check), presets: [] },
    update: ofChanged && {
      where: among(ofChanged.where),
      check: toTest(ofChanged.check),
      presets: [],
      transitions,
    },
    delete: ofGone && { where: among(ofGone.where) },
  };
}

function toFilter({ column, value, ofProject }: Term, values: string[]): Filter {
  const filter = { op: 'eq', column, value: values.push(value) - 1 } as const;
  if (!ofProject) return filter;
  return exists(relatedOf({ table: 'Project', from: ['tenant', 'projectId'], match: ['tenant', 'id'], filter }));
}

function randomStep(random: Random): Step {
  const table = pick(random, TABLES);
  const id = pick(random, IDS[table]);
  const values = (columns: readonly string[]): Row =>
    Object.fromEntries(columns.map((column) => [column, pick(random, VALUES[column]!)]));
  const set = values(COLUMNS[table].filter(() => chance(random, 0.5)));
  const row = { id, ...values(COLUMNS[table]), ...(table === 'Person' && { name: id }) };
  switch (below(random, 9)) {
    case 0:
    case 1:
      return { kind: 'create', table, row };
    case 2:
    case 3:
    case 4:
      return { kind: 'update', table, id, set };
    case 5:
      return { kind: 'upsert', table, row, set };
    case 6:
      return { kind: 'find', table, id };
    case 7:
      return { kind: 'restore', table: 'Project', id: pick(random, IDS.Project) };
    default:
      return { kind: 'delete', table, id };
  }
}

function toOperation(step: Step): WriteOperation {
  switch (step.kind) {
    case 'create':
      return create(step.table, step.row);
    case 'update':
      return update(step.table, step.id, step.set);
    case 'upsert': {
      const { id, ...values } = step.row;
      return upsert(step.table, id!, values, step.set);
    }
    case 'find':
      return find(step.table, step.id);
    case 'restore':
      return restore(step.table, step.id);
    case 'delete':
      return remove(step.table, step.id);
  }
}

const STORED: Readonly<Record<Table, string>> = {
  Person: 'SELECT id, name, tier FROM people ORDER BY id',
  Project: "SELECT id, owner_id, status, iif(deleted_at IS NULL, NULL, 'now') FROM projects ORDER BY id",
  Task: 'SELECT id, project_id, assignee_id, title FROM tasks ORDER BY id',
};
const NAMES: Readonly<Record<Table, readonly string[]>> = {
  Person: ['id', 'name', 'tier'],
  Project: ['id', 'ownerId', 'status', 'deletedAt'],
  Task: ['id', 'projectId', 'assigneeId', 'title'],
};

const storedRows = (shard: LabShard, table: Table): Row[] =>
  shard
    .rows(STORED[table])
    .map((cells) => Object.fromEntries(NAMES[table].map((name, at) => [name, cells[at] as string | null])));

const rowsOf = (world: World, table: Table): Row[] =>
  [...world.tables[table].values()]
    .map((row) => Object.fromEntries(NAMES[table].map((name) => [name, row[name] ?? null])))
    .sort((a, b) => (a.id! < b.id! ? -1 : 1));

const COMMITS = 40;
const runs = propertyRuns(25);

it(
  `random roles change what they may, and nothing else (${describeRuns(runs)})`,
  async () => {
    const random = createRandom(runs.seed);
    const codes = new Map<string, number>();
    for (let run = 0; run < runs.numRuns; run++) {
      await inDesk((shard) => {
        // The oracle knows of no parents.
        shard.write('t:t', [update('Task', 'me-b', { parentId: null }), update('Task', 'you-b', { parentId: null })]);
        const world = new World();
        for (const table of TABLES) for (const row of storedRows(shard, table)) world.tables[table].set(row.id!, row);
        for (let commit = 0; commit < COMMITS; commit++) {
          const rules = Object.fromEntries(
            TABLES.map((table) => [table, randomRules(random, table)]),
          ) as unknown as RulesByTable;
          const sent: WriteRules = Object.fromEntries(
            TABLES.map((table) => [table, toWriteRules(table, rules[table])]),
          );
          const steps = Array.from({ length: 1 + below(random, 4) }, () => randomStep(random));
          const expected = world.commit(rules, steps);
          const answer = shard.write('t:t', steps.map(toOperation), { rules: sent });
          const code = answer.status === 'FAILED' ? answer.error.code : answer.status;
          const stored = TABLES.map((table) => storedRows(shard, table));
          const inMemory = TABLES.map((table) => rowsOf(world, table));
          const told = { seed: runs.seed, run, commit, steps, rules };
          expect({ code, stored, ...told }).toEqual({ code: expected, stored: inMemory, ...told });
          codes.set(code, (codes.get(code) ?? 0) + 1);
        }
      });
    }
    // All kinds of outcomes are met often enough to say something.
    for (const code of ['OK', 'NOT_FOUND', 'FORBIDDEN', 'FOREIGN_KEY_VIOLATION', 'UNIQUE_VIOLATION'])
      expect(codes.get(code) ?? 0).toBeGreaterThan(runs.numRuns / 5);
  },
  120_000 + runs.numRuns * 1_000,
);
