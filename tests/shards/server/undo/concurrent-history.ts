/** Clients of the lab's tables over several shards, and what their undos must have done. */
import { expect } from 'vitest';
import { parseOperationId } from '../../../../src/shards/operation-id.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { type GraphQLAnswer, postGraphQL } from '../../../support/graphql.ts';
import type { LabWorker } from '../../../support/lab-worker.ts';
import { below, pick, type Random } from '../../../support/random.ts';
import { type LoggedState, loggedStates } from './logged-states.ts';
import { countBack, type ExpectedUndo, expectedUndo, type LabState, stateAfter } from './undo-oracle.ts';

export interface UndoCounts {
  undos: number;
  inSeveralShards: number;
  commits: number;
  changed: number;
  left: number;
}

/** Version of the commit in each shard, by name. */
type Commits = ReadonlyMap<string, number>;

interface Operation {
  readonly id: string;
  readonly origin: string;
  readonly commits: Commits;
}

interface Undo {
  readonly of: Operation;
  /** Null: it has changed nothing. */
  readonly operation: Operation | null;
  readonly answer: UndoAnswer;
  /** Versions of the shards' last commits, by name, before it was sent and after it was answered. */
  readonly from: Commits;
  readonly to: Commits;
}

interface UndoAnswer {
  readonly operationId: string | null;
  readonly restoredCount: number;
  readonly updatedCount: number;
  readonly deletedCount: number;
  readonly conflicts: {
    readonly nodes: readonly {
      readonly table: string;
      readonly key: { readonly tenant: string; readonly id: string };
    }[];
  };
  readonly shards: readonly { readonly name: string; readonly changedCount: number; readonly code: string | null }[];
}

const UNDO = `mutation ($id: ID!, $preview: Boolean!) {
  undo(operationId: $id, preview: $preview) {
    operationId restoredCount updatedCount deletedCount
    conflicts { nodes { table key } }
    shards { name changedCount code }
  }
}`;
const CREATE_BRANCHES = `mutation ($data: [BranchCreateInput!]!, $onConflict: OnConflict!) {
  createBranches(data: $data, onConflict: $onConflict) { affectedCount }
}`;
const CREATE_LEAVES = `mutation ($data: [LeafCreateInput!]!, $onConflict: OnConflict!) {
  createLeaves(data: $data, onConflict: $onConflict) { affectedCount }
}`;
const CHANGE = `mutation ($id: ID!, $tenant: ID!, $data: BranchUpdateInput!) {
  updateBranch(by: { id: $id }, shardKey: $tenant, data: $data) { id }
}`;
const REMOVE = 'mutation ($id: ID!, $tenant: ID!) { deleteBranch(by: { id: $id }, shardKey: $tenant) { id } }';

const IDS = ['a', 'b', 'c', 'd', 'e'];

export class ConcurrentHistory {
  readonly #worker: LabWorker;
  readonly #tenants: readonly string[];
  readonly #random: Random;
  readonly #operations: Operation[] = [];
  readonly #undos: Undo[] = [];
  #from: Commits = new Map();

  constructor(worker: LabWorker, tenants: readonly string[], random: Random) {
    this.#worker = worker;
    this.#tenants = tenants;
    this.#random = random;
  }

  /** Rows in all shards. */
  async start(): Promise<void> {
    await this.#worker.graphql('{ branches { totalCount } }');
    this.#from = await this.#lastCommits();
    const data = this.#tenants.flatMap((tenant) =>
      ['a', 'b'].map((id) => ({ tenant, id, uid: `${id}u`, label: 'first' })),
    );
    await this.#mutate(CREATE_BRANCHES, { data, onConflict: 'ERROR' });
  }

  async createMany(): Promise<void> {
    const onConflict = pick(this.#random, ['ERROR', 'IGNORE', 'UPDATE', 'UPDATE', 'UPDATE']);
    if (this.#random() < 0.3) {
      const data = this.#some(() => ({
        id: 1 + below(this.#random, 4),
        nodeUid: this.#maybe(() => this.#uid(this.#id())),
        note: this.#label(),
      }));
      return this.#mutate(CREATE_LEAVES, { data, onConflict });
    }
    const data = this.#some(() => {
      const id = this.#id();
      return { id, ...this.#values(id) };
    });
    await this.#mutate(CREATE_BRANCHES, { data, onConflict });
  }

  async change(): Promise<void> {
    const id = this.#id();
    const all = Object.entries(this.#values(id));
    await this.#mutate(CHANGE, { id, tenant: this.#tenant(), data: Object.fromEntries([pick(this.#random, all)]) });
  }

  async remove(): Promise<void> {
    await this.#mutate(REMOVE, { id: this.#id(), tenant: this.#tenant() });
  }

  /** Of one of the last operations, be it an undo itself. */
  async undo(): Promise<void> {
    const of = pick(this.#random, this.#operations.slice(-8));
    const from = await this.#lastCommits();
    if (this.#random() < 0.2) await this.#operator(of.id, true);
    const answer = await this.#operator(of.id, false);
    const to = await this.#lastCommits();
    const operation = answer.operationId === null ? null : toOperation(answer.operationId);
    if (operation) this.#operations.push(operation);
    this.#undos.push({ of, operation, answer, from, to });
  }

  /** Nothing runs any more. */
  async check(counts: UndoCounts): Promise<void> {
    const statesByShard = await this.#states();
    // All that was committed was told of, previews wrote nothing.
    const told = this.#operations.flatMap(({ origin, commits }) =>
      [...commits].map(([shard, version]) => `${shard} ${version} ${origin}`),
    );
    const logged = [...statesByShard].flatMap(([shard, [, ...states]]) =>
      states.map(({ version, origin }) => `${shard} ${version} ${origin}`),
    );
    expect(logged.sort()).toEqual(told.sort());
    for (const undo of this.#undos) this.#checkUndo(undo, statesByShard, counts);
  }

  #checkUndo(
    { of, operation, answer, from, to }: Undo,
    statesByShard: ReadonlyMap<string, readonly LoggedState[]>,
    counts: UndoCounts,
  ): void {
    counts.undos++;
    const totals = { restored: 0, updated: 0, deleted: 0 };
    const [left, mayBeLeft] = [new Set<string>(), new Set<string>()];
    const uncertain = new Set<string>();
    expect(answer.shards.map(({ name }) => name).sort()).toEqual([...of.commits.keys()].sort());
    for (const { name, changedCount, code } of answer.shards) {
      expect(code).toBeNull();
      const states = statesByShard.get(name)!;
      const at = (version: number) => states.findIndex((state) => state.version === version);
      const undone = at(of.commits.get(name)!);
      const expectedAt = (now: LoggedState) =>
        [...now.byTenant].map(([tenant, state]): readonly [string, LabState, ExpectedUndo] => {
          const [before, after] = [states[undone - 1]!, states[undone]!].map(({ byTenant }) => byTenant.get(tenant)!);
          return [tenant, state, expectedUndo(before!, after!, state, states[undone]!.version)];
        });
      const version = operation?.commits.get(name);
      if (version === undefined) {
        // It changed nothing, when is not known: so it was at one of the states meanwhile.
        expect(changedCount).toBe(0);
        const meanwhile = states.slice(at(from.get(name)!), at(to.get(name)!) + 1);
        expect(
          meanwhile.some((state) => expectedAt(state).every(([, , { changed }]) => changed.size === 0)),
          `${of.id} in ${name}`,
        ).toBe(true);
        for (const tenant of states[0]!.byTenant.keys()) uncertain.add(tenant);
        continue;
      }
      counts.commits++;
      const [now, next] = [states[at(version) - 1]!, states[at(version)]!];
      let changedHere = 0;
      for (const [tenant, state, expected] of expectedAt(now)) {
        expect(next.byTenant.get(tenant), `${of.id} in ${name}`).toEqual(stateAfter(expected, state, version));
        changedHere += expected.changed.size;
        const here = countBack(expected, state);
        for (const kind of ['restored', 'updated', 'deleted'] as const) totals[kind] += here[kind];
        for (const place of expected.left) left.add(`${tenant} ${place}`);
      }
      expect(changedCount).toBe(changedHere);
      counts.changed += changedHere;
    }
    counts.left += left.size;
    if ((operation?.commits.size ?? 0) > 1) counts.inSeveralShards++;
    expect(answer).toMatchObject({
      restoredCount: totals.restored,
      updatedCount: totals.updated,
      deletedCount: totals.deleted,
    });
    for (const { table, key } of answer.conflicts.nodes) {
      if (!uncertain.has(key.tenant))
        mayBeLeft.add(`${key.tenant} ${table === 'Branch' ? 'nodes' : 'leaves'} ${key.id}`);
    }
    expect([...mayBeLeft].sort()).toEqual([...left].sort());
  }

  /** Of each shard, by name, since the history began. */
  async #states(): Promise<Map<string, LoggedState[]>> {
    const names = this.#worker.shardNames;
    const all = await this.#worker.inShards(({ storage }, shard): [string, LoggedState[]] => {
      const tenants = this.#tenants.filter((tenant) => this.#worker.shardOf(`t:${tenant}` as ShardKey) === shard);
      const name = names[shard]!;
      return [name, loggedStates(new SqlSession(storage.sql), tenants, this.#from.get(name)!)];
    });
    return new Map(all);
  }

  async #lastCommits(): Promise<Commits> {
    const names = this.#worker.shardNames;
    const versions = await this.#worker.inShards(
      ({ storage }) =>
        [...storage.sql.exec('SELECT version FROM _log ORDER BY seq DESC LIMIT 1').raw()][0]?.[0] as number | undefined,
    );
    return new Map(names.map((name, shard) => [name, versions[shard] ?? 0]));
  }

  async #mutate(query: string, variables: Readonly<Record<string, unknown>>): Promise<void> {
    const { errors, extensions } = await this.#worker.graphql(query, variables);
    for (const { extensions } of errors) expect(REFUSALS).toContain(extensions?.code);
    for (const { operationId } of extensions?.operations ?? []) this.#operations.push(toOperation(operationId));
  }

  async #operator(id: string, preview: boolean): Promise<UndoAnswer> {
    const send = (url: string, init: RequestInit) => this.#worker.fetch(new URL(url).pathname, init);
    const answer: GraphQLAnswer = await postGraphQL('http://127.0.0.1/operator', UNDO, { id, preview }, {}, send);
    expect(answer.errors).toEqual([]);
    return answer.data.undo;
  }

  /** Rows of some tenants. */
  #some<Row extends object>(row: () => Row): (Row & { readonly tenant: string })[] {
    const rows = Array.from({ length: 1 + below(this.#random, 6) }, () => ({ tenant: this.#tenant(), ...row() }));
    const key = ({ tenant, ...rest }: (typeof rows)[number]) => JSON.stringify([tenant, (rest as { id?: unknown }).id]);
    return [...new Map(rows.map((one) => [key(one as never), one])).values()];
  }

  #values(id: string) {
    return {
      parent: this.#maybe(() => this.#id(), 0.3),
      partner: this.#maybe(() => this.#id(), 0.2),
      uid: this.#maybe(() => this.#uid(id)),
      slot: this.#maybe(() => 1 + below(this.#random, 3), 0.3),
      label: this.#label(),
    };
  }

  #maybe<Value>(value: () => Value, chance = 0.6): Value | null {
    return this.#random() < chance ? value() : null;
  }

  #tenant = () => pick(this.#random, this.#tenants);
  #id = () => pick(this.#random, IDS);
  /** No two rows ever take the same, as undo cannot tell which of them a row then meant. */
  #uid = (id: string) => `${id}${pick(this.#random, ['u', 'v'])}`;
  #label = () => pick(this.#random, ['red', 'blue', null]);
}

/** What a mutation may be refused for. */
const REFUSALS = ['NOT_FOUND', 'UNIQUE_VIOLATION', 'FOREIGN_KEY_VIOLATION'];

function toOperation(id: string): Operation {
  const { origin, commits } = parseOperationId(id);
  return { id, origin, commits: new Map(commits.map(({ shard, version }) => [shard, version])) };
}
