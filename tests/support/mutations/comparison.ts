/** The running product beside the oracle: each operation is done by both, and everything that shows is compared. */

import type { Model } from '../../../src/model/types.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import type { GraphQLAnswer } from '../graphql.ts';
import { createLabWorker, type LabWorker } from '../lab-worker.ts';
import type { Answer } from './answer.ts';
import { Difference, equal, lineOf, linesOf, normalized } from './difference.ts';
import type { Bulk, Operation, Single } from './operation.ts';
import { Oracle, type Outcome } from './oracle.ts';
import { type RandomReads, readsOf } from './reads.ts';
import { aliasOf, columnsOf, render, type VersionOf } from './render.ts';
import { NEW_VERSION, rowKey, WRONG_VERSION } from './rows.ts';
import { type Row, TYPES, type Type, type Value } from './shapes.ts';
import { readShards, readShardsAt, type StoredShard } from './stored-rows.ts';

/** Rows of that many shard keys, at least one on each shard. */
const TENANTS = 5;

type Tables = ReadonlyMap<Type, readonly Row[]>;

/** A state that the shards have had. */
interface Moment {
  readonly versions: readonly string[];
  readonly rows: Tables;
}

export class Comparison {
  readonly oracle: Oracle;
  readonly tenants: readonly string[];
  readonly #worker: LabWorker;
  readonly #moments: Moment[] = [];
  #shards: readonly StoredShard[] = [];
  readonly #shardByTenant = new Map<string, number>();
  #momentByName = new Map<string, string>();

  private constructor(worker: LabWorker, tenants: readonly string[]) {
    this.#worker = worker;
    this.tenants = tenants;
    this.oracle = new Oracle((tenant) => this.#shardOf(tenant));
  }

  /** A new deployment without rows, but for the tenants themselves. `through`: by what it is asked. */
  static async start(
    model: Model,
    shardCount: number,
    through: (worker: LabWorker) => LabWorker = (worker) => worker,
  ): Promise<Comparison> {
    const worker = through(createLabWorker(model, shardCount));
    const tenants = tenantsOf(worker, shardCount);
    const fields = tenants.map((id) => `${id}: createTenant(data: { id: "${id}" }) { id }`);
    await worker.graphql(`mutation { ${fields.join(' ')} }`);
    const comparison = new Comparison(worker, tenants);
    comparison.#shards = await readShards(worker);
    return comparison;
  }

  /** @throws Difference */
  async run(operation: Operation): Promise<Outcome> {
    this.oracle.rows.begin();
    const document = render(operation, this.#versionOf);
    const expected = this.oracle.run(operation);
    const answer = await this.#worker.graphql(document.query, document.variables);
    const isDry = 'dryRun' in operation && operation.dryRun;
    const before = this.#shards;
    this.#shards = await readShards(this.#worker, before);
    this.#compareStatus(expected, answer);
    const versions = this.#shards.map(({ version }) => version);
    if (expected.status === 'REFUSED' || isDry)
      equal(
        versions,
        before.map(({ version }) => version),
        'versions of shards that wrote nothing',
      );
    this.#learn(before);
    this.#compareStored(this.#shards, this.#expectedRows());
    if (expected.status === 'OK') this.#compareAnswer(operation, expected, answer.data.it, isDry);
    this.#moments.push({ versions, rows: this.#expectedRows() });
    return expected;
  }

  /** Reads of all modes show what is stored. @throws Difference */
  async read(reads: RandomReads): Promise<void> {
    const { query, variables, expected } = readsOf(reads, this.oracle);
    const { data, errors } = await this.#worker.graphql(query, variables);
    equal(errors, [], `errors of ${query}`);
    equal(normalized(data), normalized(expected), `reads by ${query} of ${JSON.stringify(variables)}`);
  }

  /** The logs, undone back to some of the states that there were, give these. @throws Difference */
  async replay(chosen: (index: number) => boolean): Promise<void> {
    for (const { versions, rows } of this.#moments.filter((_, index) => chosen(index)))
      this.#compareStored(await readShardsAt(this.#worker, versions), rows);
  }

  #shardOf = (tenant: string): number => {
    let shard = this.#shardByTenant.get(tenant);
    if (shard === undefined) {
      shard = this.#worker.shardOf(keyOf(tenant));
      this.#shardByTenant.set(tenant, shard);
    }
    return shard;
  };

  #versionOf: VersionOf = (expects, type, tenant, values, isDeleted) => {
    if (expects === 'none') return undefined;
    return (expects === 'current' && this.oracle.rows.knownVersion(type, tenant, values, isDeleted)) || WRONG_VERSION;
  };

  #compareStatus(expected: Outcome, { errors }: GraphQLAnswer): void {
    const [error] = errors;
    if (expected.status === 'OK') {
      if (error) throw new Difference(`Expected success, but got ${JSON.stringify(error)}`);
      return;
    }
    const code = error?.extensions?.code as string | undefined;
    if (code === undefined || !expected.codes.includes(code))
      throw new Difference(`Expected ${expected.codes.join(' or ')}, but got ${JSON.stringify(error ?? 'success')}`);
  }

  /** The oracle takes over what nobody can foresee: versions and moments, which have to be new, and one per commit. */
  #learn(before: readonly StoredShard[]): void {
    const stored = new Map(
      this.#shards.flatMap(({ rows }) =>
        [...rows].flatMap(([type, all]) => all.map((row) => [`${type} ${rowKey(type, row)}`, row] as const)),
      ),
    );
    this.oracle.rows.learn((type, row) => {
      const isNew = row.version === NEW_VERSION;
      const moment = row.deletedAt?.startsWith('moment ') ? (row.deletedAt as string) : null;
      if (!isNew && moment === null) return row;
      const shard = this.#shardOf(row.tenantId);
      const { version } = this.#shards[shard]!;
      if (isNew && !(Number(version) > Number(before[shard]!.version)))
        throw new Difference(`Expected a new version of ${type} ${rowKey(type, row)}, but got ${version} as before`);
      if (moment !== null && !this.#momentByName.has(moment)) {
        const deletedAt = stored.get(`${type} ${rowKey(type, row)}`)?.deletedAt;
        if (deletedAt) this.#momentByName.set(moment, deletedAt);
      }
      return {
        ...row,
        version: isNew ? version : row.version,
        ...(moment !== null && { deletedAt: this.#momentByName.get(moment) ?? moment }),
      };
    });
  }

  #expectedRows = (): Tables => new Map(TYPES.map((type) => [type, this.oracle.rows.all(type)]));

  #compareStored(shards: readonly StoredShard[], expected: Tables): void {
    for (const type of TYPES) {
      const found = shards.flatMap(({ rows }) => rows.get(type)!);
      equal(linesOf(type, found), linesOf(type, expected.get(type)!), `stored rows of ${type}`);
      for (const [number, { rows }] of shards.entries())
        for (const { tenantId } of rows.get(type)!) equal(this.#shardOf(tenantId), number, `the shard of ${tenantId}`);
    }
  }

  #compareAnswer(operation: Operation, { answers }: Outcome & { status: 'OK' }, data: Value, isDry: boolean): void {
    if (operation.kind === 'wrong') return;
    if (operation.kind === 'transaction') {
      equal(data.results.length, answers.length, 'the number of results');
      for (const [index, answer] of answers.entries())
        this.#compareResult(operation.steps[index]!.operation, answer, data.results[index]);
      return;
    }
    const { type } = operation;
    const [{ rows, results }] = answers as [Answer];
    const lines = this.#linesOf(operation, isDry ? ['version', 'deletedAt'] : []);
    if (!isBulk(operation)) {
      equal(lines(data === null ? [] : [data]), lines(rows), 'the answer');
      return;
    }
    equal(lines(data.nodes), lines(rows), 'nodes');
    equal(data.affectedCount, effectsOf(answers[0]!), 'affectedCount');
    equal(
      data.results.map(({ index, outcome, message }: Value) => [index, outcome, message !== null]),
      results.map(({ outcome }, index) => [index, outcome, outcome === 'FAILED']),
      `results of ${type}`,
    );
    for (const [index, { codes = [] }] of results.entries()) {
      const { code } = data.results[index];
      // Rows that were not written for the sake of another have none.
      if (code !== null && !codes.includes(code))
        throw new Difference(`Expected ${codes} at ${index}, but got ${code}`);
    }
  }

  /** Of an operation of a transaction. */
  #compareResult(operation: Single | Bulk, answer: Answer, { affectedCount, node, nodes }: Value): void {
    // Of a row that was deleted in this transaction, nothing stored tells when.
    const lines = this.#linesOf(operation, operation.kind === 'purge' ? ['deletedAt'] : []);
    const { type } = operation;
    const unaliased = (row: Row): Row =>
      Object.fromEntries(
        columnsOf(type)
          .split(' ')
          .map((name) => [name, row[aliasOf(type, name)]]),
      );
    equal(lines(nodes.map(unaliased)), lines(answer.rows), `rows of ${JSON.stringify(operation)}`);
    equal(node, nodes[0] ? { nodeId: nodes[0].nodeId } : null, 'node');
    equal(affectedCount, effectsOf(answer), `affectedCount of ${JSON.stringify(operation)}`);
  }

  /**
   * What is compared of rows that are answered, and of those that should be. Rows that conditions find have an order of their own.
   *
   * @param unknown columns that cannot be foreseen.
   */
  #linesOf(operation: Single | Bulk, unknown: readonly string[]): (rows: readonly (Row | null)[]) => string[] {
    const hidden = Object.fromEntries(unknown.map((name) => [name, null]));
    return (rows) => {
      const all = rows
        .filter((row) => row !== null)
        .map((row) => lineOf(operation.type, { ...this.#known(row), ...hidden }));
      return 'where' in operation ? all.sort() : all;
    };
  }

  /** A row that is answered, with what stood for versions and moments replaced. */
  #known(row: Row): Row {
    const { version } = this.#shards[this.#shardOf(row.tenantId)]!;
    return {
      ...row,
      version: row.version === NEW_VERSION ? version : row.version,
      ...(row.deletedAt && { deletedAt: this.#momentByName.get(row.deletedAt) ?? row.deletedAt }),
    };
  }
}

function tenantsOf(worker: LabWorker, shardCount: number): string[] {
  const candidates = Array.from({ length: 1_000 }, (_, index) => `t${index}`);
  const covering = Array.from(
    { length: shardCount },
    (_, shard) => candidates.find((tenant) => worker.shardOf(keyOf(tenant)) === shard)!,
  );
  return [...new Set([...covering, ...candidates])].slice(0, TENANTS);
}

const isBulk = (operation: Single | Bulk): operation is Bulk => 'rows' in operation || 'where' in operation;

const effectsOf = ({ results }: Answer): number =>
  results.filter(({ outcome }) => outcome === 'INSERTED' || outcome === 'UPDATED' || outcome === 'DELETED').length;

const keyOf = (tenant: string): ShardKey => `t:${tenant}` as ShardKey;
