/** Clients of the lab's tables over several shards, who write and undo at the same time. */
import { expect } from 'vitest';
import { parseOperationId } from '../../../../src/shards/operation-id.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import type { LabWorker } from '../../../support/lab-worker.ts';
import { below, pick, type Random } from '../../../support/random.ts';
import { type Commits, checkUndo, type Operation, type Undo, type UndoCounts } from './check-undo.ts';
import { type LoggedState, loggedStates } from './logged-states.ts';
import { type Document, RandomMutations } from './random-mutations.ts';
import { checkPages, undoByApi } from './undo-by-api.ts';

export class ConcurrentHistory {
  readonly #worker: LabWorker;
  readonly #tenants: readonly string[];
  readonly #random: Random;
  readonly #mutations: RandomMutations;
  readonly #operations: Operation[] = [];
  readonly #undos: Undo[] = [];
  #from: Commits = new Map();

  constructor(worker: LabWorker, tenants: readonly string[], random: Random) {
    this.#worker = worker;
    this.#tenants = tenants;
    this.#random = random;
    this.#mutations = new RandomMutations(random, tenants);
  }

  /** Rows in all shards. */
  async start(): Promise<void> {
    await this.#worker.graphql('{ branches { totalCount } }');
    this.#from = await this.#lastCommits();
    await this.#mutate(this.#mutations.first());
  }

  mutate(): Promise<void> {
    return this.#mutate(this.#mutations.next());
  }

  /** Of one of the last operations, be it an undo itself. */
  async undo(): Promise<void> {
    const of = pick(this.#random, this.#operations.slice(-8));
    const from = await this.#lastCommits();
    if (this.#random() < 0.2) await undoByApi(this.#worker, of.id, { preview: true });
    const answer = await undoByApi(this.#worker, of.id);
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
    for (const undo of this.#undos) checkUndo(undo, statesByShard, counts);
    const { id } = pick(this.#random, this.#operations);
    await checkPages(this.#worker, id, 1 + below(this.#random, 3));
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

  async #mutate({ query, variables }: Document): Promise<void> {
    const { errors, extensions } = await this.#worker.graphql(query, variables);
    for (const { extensions } of errors) expect(REFUSALS).toContain(extensions?.code);
    for (const { operationId } of extensions?.operations ?? []) this.#operations.push(toOperation(operationId));
  }
}

/** What a mutation may be refused for. */
const REFUSALS = ['NOT_FOUND', 'UNIQUE_VIOLATION', 'FOREIGN_KEY_VIOLATION'];

function toOperation(id: string): Operation {
  const { origin, commits } = parseOperationId(id);
  return { id, origin, commits: new Map(commits.map(({ shard, version }) => [shard, version])) };
}
