/** The running product beside the oracle: each operation is done by both, and everything that shows is compared. */

import type { Model } from '../../../src/model/types.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import type { GraphQLAnswer } from '../graphql.ts';
import { createLabWorker, type LabWorker } from '../lab-worker.ts';
import { canonicalDecimal } from './atomic.ts';
import type { Operation } from './operation.ts';
import { Oracle, type Outcome } from './oracle.ts';
import { type RandomReads, readsOf } from './reads.ts';
import { render, type VersionOf } from './render.ts';
import { NEW_VERSION, rowKey } from './rows.ts';
import { type Row, SHAPES, TYPES, type Type, type Value } from './shapes.ts';
import { readShards, readShardsAt, type StoredShard } from './stored-rows.ts';

const WRONG_VERSION = '1';
/** Rows of that many shard keys, at least one on each shard. */
const TENANTS = 5;

/** They differ. */
export class Difference extends Error {
  override readonly name = 'Difference';
}

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
  #momentByName = new Map<string, string>();

  private constructor(worker: LabWorker, tenants: readonly string[]) {
    this.#worker = worker;
    this.tenants = tenants;
    this.oracle = new Oracle((tenant) => this.#shardOf(tenant));
  }

  /** A new deployment without rows, but for the tenants themselves. */
  static async start(model: Model, shardCount: number): Promise<Comparison> {
    const worker = createLabWorker(model, shardCount);
    const tenants = tenantsOf(worker, shardCount);
    const fields = tenants.map((id) => `${id}: createTenant(data: { id: "${id}" }) { id }`);
    await worker.graphql(`mutation { ${fields.join(' ')} }`);
    const comparison = new Comparison(worker, tenants);
    comparison.#shards = await readShards(worker);
    return comparison;
  }

  /** @throws Difference */
  async run(operation: Operation): Promise<Outcome> {
    // Before the oracle changes them.
    const document = render(operation, this.#versionOf);
    const expected = this.oracle.run(operation);
    const answer = await this.#worker.graphql(document.query, document.variables);
    const isDry = 'dryRun' in operation && operation.dryRun;
    const before = this.#shards;
    this.#shards = await readShards(this.#worker);
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

  #shardOf = (tenant: string): number => this.#worker.shardOf(keyOf(tenant));

  #versionOf: VersionOf = (expects, type, tenant, values) => {
    if (expects === 'none') return undefined;
    const wanted = Object.entries(values);
    const row =
      this.oracle.rows.live(type, tenant).find((one) => wanted.every(([name, value]) => one[name] === value)) ??
      this.oracle.rows.of(type, tenant).find((one) => wanted.every(([name, value]) => one[name] === value));
    return expects === 'current' && row ? row.version : WRONG_VERSION;
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
    if (operation.kind === 'wrong' || operation.kind === 'transaction') return;
    const { type } = operation;
    const [{ rows, results }] = answers as [(typeof answers)[0]];
    const shown = rows.filter((row) => row !== null).map((row) => this.#known(row, isDry));
    const withoutMade = (row: Row): Row => (isDry ? { ...row, version: '', deletedAt: null } : row);
    if (data === null || !('affectedCount' in data)) {
      const got = data === null ? [] : [withoutMade(data)];
      equal(linesOf(type, got), linesOf(type, shown.map(withoutMade)), 'the answer');
      return;
    }
    const isOfWhere = 'where' in operation;
    const inOrder = (lines: string[]) => (isOfWhere ? lines.sort() : lines);
    const lines = (all: readonly Row[]) => inOrder(all.map((row) => lineOf(type, withoutMade(row))));
    equal(lines(data.nodes), lines(shown), 'nodes');
    const effects = results.filter(({ outcome }) => ['INSERTED', 'UPDATED', 'DELETED'].includes(outcome));
    equal(data.affectedCount, effects.length, 'affectedCount');
    equal(
      data.results.map(({ index, outcome, code }: Value) => [index, outcome, code !== null]),
      results.map(({ outcome }, index) => [index, outcome, outcome === 'FAILED']),
      'results',
    );
    for (const [index, { codes }] of results.entries())
      if (codes && !codes.includes(data.results[index].code))
        throw new Difference(`Expected ${codes} at ${index}, but got ${data.results[index].code}`);
  }

  /** A row that is answered, with what stood for versions and moments replaced. */
  #known(row: Row, isDry: boolean): Row {
    const { version } = this.#shards[this.#shardOf(row.tenantId)]!;
    return {
      ...row,
      version: row.version === NEW_VERSION && !isDry ? version : row.version,
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

const keyOf = (tenant: string): ShardKey => `t:${tenant}` as ShardKey;

const linesOf = (type: Type, rows: readonly Row[]): string[] => rows.map((row) => lineOf(type, row)).sort();

const lineOf = (type: Type, row: Row): string =>
  ['tenantId', ...Object.keys(SHAPES[type].columns), 'version']
    .map((name) => `${name}=${JSON.stringify(canonical(SHAPES[type].columns[name]?.kind, row[name] ?? null))}`)
    .join(' ');

const canonical = (kind: string | undefined, value: Value): Value =>
  kind === 'decimal' && value !== null ? canonicalDecimal(value) : kind === 'json' ? normalized(value) : value;

/** With members in one order. */
const normalized = (value: Value): Value =>
  Array.isArray(value)
    ? value.map(normalized)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((name) => [name, normalized(value[name])]),
        )
      : value;

function equal(found: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  if (Array.isArray(found) && Array.isArray(expected)) {
    const lines = (all: readonly unknown[]) => all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    const [got, wanted] = [lines(found), lines(expected)];
    const extra = got.filter((line) => !wanted.includes(line));
    const absent = wanted.filter((line) => !got.includes(line));
    throw new Difference(
      `Expected ${what}\n  ${absent.join('\n  ') || '(no other)'}\nbut got\n  ${extra.join('\n  ') || '(no other)'}${extra.length + absent.length === 0 ? ', in another order or number' : ''}`,
    );
  }
  throw new Difference(`Expected ${what} to be ${JSON.stringify(expected)}, but got ${JSON.stringify(found)}`);
}
