/**
 * What callers of every role write: mutations of every kind change what the rules let them change, and nothing else. An operator
 * makes each of them too, in a database of its own: what that changes tells whether the caller may.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { roleModel } from '../../src/model/access/role-model.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../models/access/model.ts';
import { startAccessLab } from '../support/access/access-lab.ts';
import type { Viewer } from '../support/access/roles.ts';
import { type AllRows, accessRows, accessWorld, asHeader, randomViewer } from '../support/access/rows.ts';
import { seenWorld } from '../support/access/seen-world.ts';
import { storedRows } from '../support/access/stored-rows.ts';
import { WRITES } from '../support/access/write-rights.ts';
import { asOperator } from '../support/access/writes/as-operator.ts';
import { breaches, RowRights, rowsBetween, unkeepable } from '../support/access/writes/judge-write.ts';
import { deniedLinks } from '../support/access/writes/related-columns.ts';
import { renderWrite } from '../support/access/writes/render-write.ts';
import { rowsNotSeen } from '../support/access/writes/shown-rows.ts';
import { KINDS, type Write } from '../support/access/writes/write.ts';
import { WriteGenerator } from '../support/access/writes/write-generator.ts';
import { WRITE_VIEWS } from '../support/access/writes/write-views.ts';
import type { GraphQLAnswer } from '../support/graphql.ts';
import type { LabWorker } from '../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { createRandom, type Random } from '../support/random.ts';

const RUNS = propertyRuns(60);
/** Writes of one database, each of another caller. */
const WRITES_OF_DATABASE = 150;
const START = Date.UTC(2026, 5, 1);
/** Failures that say what a caller may not do, or not see. */
const OF_RULES = ['FORBIDDEN', 'NOT_FOUND', 'FOREIGN_KEY_VIOLATION', 'UNIQUE_VIOLATION'];

const schemaOf = (role: string) => buildSchema(roleModel(model, role)!);
const OPERATOR = buildSchema(model);

describe('mutations of callers', () => {
  beforeAll(() => void vi.useFakeTimers({ now: START, toFake: ['Date'] }));
  afterAll(() => void vi.useRealTimers());

  it(
    `change what the rules allow, and nothing else: ${describeRuns(RUNS)}`,
    async () => {
      const random = createRandom(RUNS.seed);
      const outcomes = new Map<string, number>();
      for (let left = RUNS.numRuns; left > 0; left -= WRITES_OF_DATABASE) {
        const lab = await Lab.start(accessRows(random));
        for (let write = 0; write < Math.min(left, WRITES_OF_DATABASE); write++) {
          for (const outcome of await lab.write(random)) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }
      }
      const count = (outcome: string) => outcomes.get(outcome) ?? 0;
      expect(count('done')).toBeGreaterThan(RUNS.numRuns / 10);
      expect(count('refused by rules')).toBeGreaterThan(RUNS.numRuns / 50);
      if (RUNS.numRuns >= 1_000) for (const kind of KINDS) expect([kind, count(kind)]).not.toEqual([kind, 0]);
    },
    120_000 + RUNS.numRuns * 500,
  );
});

/** Two databases with the same rows: callers write to one, and operators to both. */
class Lab {
  readonly #own: LabWorker;
  readonly #other: LabWorker;
  #rows: AllRows;
  #made = 0;

  private constructor(own: LabWorker, other: LabWorker, rows: AllRows) {
    this.#own = own;
    this.#other = other;
    this.#rows = rows;
  }

  static async start(rows: AllRows): Promise<Lab> {
    const [own, other] = [await startAccessLab(rows, 2), await startAccessLab(rows, 2)];
    return new Lab(own, other, await storedRows(own));
  }

  /** What became of a random write. */
  async write(random: Random): Promise<readonly string[]> {
    const viewer = randomWriter(random);
    const rows = this.#rows;
    const write = new WriteGenerator(schemaOf(viewer.role), viewer, random, `made-${this.#made++}`).write(rows)!;
    const byOperator = asOperator(write, rows, viewer);
    if (byOperator === null) return [];
    vi.setSystemTime(Date.now() + 1_000);
    const now = Date.now();
    const told = () => JSON.stringify({ viewer, write, byOperator, answer });
    const answer = await ask(this.#own, write, rows, viewer);
    vi.setSystemTime(now);
    const after = await storedRows(this.#own);
    const code = codeOf(answer);
    if (code !== null) expect(after, told()).toEqual(rows);
    if (write.isDry) {
      expect(after, told()).toEqual(rows);
      return code === null ? ['dry'] : [];
    }
    const operators = await ask(this.#other, byOperator, rows, null);
    const allowed = await storedRows(this.#other);
    if (code === null) {
      // Rows that answers show are those that the caller sees, or saw before it deleted them.
      expect(rowsNotSeen(write, answer.data, rows, after, viewer), told()).toEqual([]);
      expect(codeOf(operators), told()).toBeNull();
      expect(after, told()).toEqual(allowed);
      // What is named in a branch that is not taken need not be there.
      const isBranching = /upsert|connectOrCreate|onConflict/.test(JSON.stringify(write.steps));
      const hidden = isBranching ? [] : hiddenNames(write, [rows, after], viewer);
      const named = hidden.filter((name) => !name.startsWith('refer'));
      expect([...breaches(rows, after, viewer), ...named], told()).toEqual([]);
      this.#rows = after;
      return ['done', ...write.steps.map(({ kind }) => kind)];
    }
    if (codeOf(operators) !== null) return ['refused'];
    const reasons = [
      ...breaches(rows, allowed, viewer),
      ...hiddenNames(write, [rows], viewer),
      ...hiddenNames(write, [rows, allowed], viewer),
      ...hiddenNames(write, [rowsBetween(rows, allowed)], viewer),
      ...deniedNames(write, rows, viewer),
      ...deniedLinks(write, viewer),
      ...unkeepable(allowed, updatedTypes(write), viewer),
    ];
    // Filters and lists that are wrong whoever asks are not in what the operator sends.
    const isBulk = write.steps.some(({ kind }) => kind.endsWith('Many'));
    const isWrong = code === 'BAD_USER_INPUT' && (isBulk || makesOtherKey(write, viewer));
    if (!isWrong) {
      expect(reasons, `refused for no reason: ${told()}`).not.toEqual([]);
      expect(OF_RULES, told()).toContain(code);
    }
    vi.setSystemTime(now);
    await ask(this.#own, byOperator, rows, null);
    this.#rows = await storedRows(this.#own);
    expect(this.#rows, told()).toEqual(allowed);
    return [isWrong ? 'refused' : 'refused by rules'];
  }
}

const codeOf = ({ errors }: GraphQLAnswer): string | null =>
  errors.length === 0 ? null : String(errors[0]!.extensions?.code);

/** @param viewer null: an operator. */
function ask(worker: LabWorker, write: Write, rows: AllRows, viewer: Viewer | null): Promise<GraphQLAnswer> {
  const world = accessWorld(rows);
  const [seen, schema] = viewer === null ? [world, OPERATOR] : [seenWorld(world, viewer), schemaOf(viewer.role)];
  const { query, variables } = renderWrite(write, seen, schema);
  return worker.graphql(query, variables, viewer === null ? {} : asHeader(viewer));
}

/** It names a row to be created by another key than the rules give. */
const makesOtherKey = ({ names }: Write, { role, claims }: Viewer): boolean =>
  names.some(({ type, key, for: purpose }) => {
    const { set = {} } = WRITE_VIEWS[role]?.[type]?.create ?? {};
    return (
      purpose === 'make' && Object.entries(set).some(([name, value]) => name in key && key[name] !== value(claims))
    );
  });

/** Rows that the write names, and that are not there for the caller in any of these states. */
function hiddenNames({ names }: Write, states: readonly AllRows[], viewer: Viewer): string[] {
  const rights = states.map((rows) => new RowRights(rows, viewer));
  return names.flatMap(({ type, key, for: purpose }) => {
    const found = rights.map((each) => ({ each, row: each.find(type, key) }));
    const isThere = found.some(({ row }) => row !== null);
    const isSeen = found.some(({ each, row }) => row !== null && each.reads(type, row));
    return isThere && !isSeen ? [`${purpose} ${type} ${JSON.stringify(key)}`] : [];
  });
}

/** Rows that it names, and that the caller may not change, or not delete: it may have asked for what changes nothing. */
function deniedNames({ names }: Write, rows: AllRows, viewer: Viewer): string[] {
  const rights = new RowRights(rows, viewer);
  return names.flatMap(({ type, key, for: purpose }) => {
    const row = purpose === 'refer' ? null : rights.find(type, key);
    const isAllowed = row === null || (rights.may(type, row, 'update') && rights.may(type, row, 'delete'));
    return isAllowed ? [] : [`${purpose} ${type} ${JSON.stringify(key)}`];
  });
}

function randomWriter(random: Random): Viewer {
  for (;;) {
    const viewer = randomViewer(random);
    if (viewer.role in WRITES) return viewer;
  }
}

const updatedTypes = ({ steps }: Write): string[] =>
  steps.flatMap(({ kind, type }) => (/^(update|upsert)/.test(kind) ? [type] : []));
