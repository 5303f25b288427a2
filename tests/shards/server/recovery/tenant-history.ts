/** Random commits of the lab's tables under several shard keys, with the state after each: what a restore must bring back. */
import { addShardKey } from '../../../../src/shards/server/tables/keys-table.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { slotOf } from '../../../../src/shards/slots.ts';
import { below, pick, type Random } from '../../../support/random.ts';
import type { LabShard } from '../lab-shard-class.ts';
import { commitStatements, FIRST_ROWS, type Statement, stateOf } from '../undo/lab-history.ts';
import type { LabState } from '../undo/undo-oracle.ts';

export const TENANTS = ['t', 'u', 'v'] as const;

export const keyOf = (tenant: string): ShardKey => `t:${tenant}` as ShardKey;

export type Tenants = ReadonlyMap<string, LabState>;

/** The rows after a commit. */
export interface Moment {
  readonly version: number;
  readonly origin: string;
  readonly tenants: Tenants;
}

/** Rows of all tenants, by tenant, as plain data; twigs too, which the states of undo leave out. */
export const tenantsOf = (shard: Pick<LabShard, 'rows'>): Tenants =>
  new Map(TENANTS.map((tenant) => [tenant, tenantOf(shard, tenant)]));

export const tenantOf = (shard: Pick<LabShard, 'rows'>, tenant: string): LabState =>
  new Map([...stateOf(shard, tenant), ...twigsOf(shard, tenant)]);

const twigsOf = (shard: Pick<LabShard, 'rows'>, tenant: string): LabState =>
  new Map(
    shard
      .rows('SELECT node_uid, n, note, _version FROM twigs WHERE tenant = ?', tenant)
      .map(([uid, n, note, version]) => {
        const id = `${uid} ${n}`;
        return [
          `twigs ${id}`,
          { table: 'leaves', id, values: { note: note as string | null }, version: version as number },
        ];
      }),
  );

/** The same without row versions. */
export const contentOf = (state: LabState | undefined) =>
  [...(state ?? [])].map(([place, { values }]) => [place, values] as const).sort(([a], [b]) => (a < b ? -1 : 1));

/** A random history of one shard. */
export class TenantHistory {
  readonly #shard: LabShard;
  readonly #random: Random;
  readonly #commits: Iterator<readonly Statement[]>;
  readonly moments: Moment[] = [];
  /** Contents of tenants after each commit. */
  readonly #existed = new Set<string>();

  /** @param commits statements of the first tenant, which go to a random one. */
  constructor(shard: LabShard, random: Random, commits: Iterable<readonly Statement[]>) {
    this.#shard = shard;
    this.#random = random;
    this.#commits = commits[Symbol.iterator]();
    for (const tenant of TENANTS) addShardKey(shard.session, keyOf(tenant), slotOf(keyOf(tenant)));
    for (const tenant of TENANTS) this.#commit([...FIRST_ROWS, TWIG].map((statement) => of(tenant, statement)));
  }

  /** The next commit: some of its statements name one tenant, some change rows of all. False: there is none. */
  commit(): boolean {
    const { value, done } = this.#commits.next();
    if (done) return false;
    const statements = this.#random() < 0.5 ? value : [...value, this.#twig()];
    this.#commit(statements.map((statement) => of(pick(this.#random, TENANTS), statement)));
    return true;
  }

  /** The same of tenants that are not behind a fence. Those behind it count as they were before: nobody sees them meanwhile. */
  commitOutside(fenced: readonly string[], before: Tenants): void {
    const free = TENANTS.filter((tenant) => !fenced.includes(tenant));
    const { value, done } = this.#commits.next();
    if (free.length === 0 || done) return;
    const tenant = pick(this.#random, free);
    const statements = value.map((statement) => of(tenant, statement));
    const { tenants, ...moment } = this.#commit(
      statements.map(({ sql, values }) => ({ sql: confined(sql, tenant), values })),
    );
    const seen = new Map(
      [...tenants].map(([name, state]) => [name, fenced.includes(name) ? before.get(name)! : state]),
    );
    this.moments[this.moments.length - 1] = { ...moment, tenants: seen };
  }

  /** Something about twigs, or about the row that their keys follow. */
  #twig(): Statement {
    const n = below(this.#random, 3);
    const note = pick(this.#random, ['x', 'y', null]);
    return pick<Statement>(this.#random, [
      {
        sql: `INSERT INTO twigs (tenant, node_uid, n, note, _version) VALUES ('t', 'au', ?, ?, ${VERSION})
          ON CONFLICT DO UPDATE SET note = excluded.note, _version = excluded._version`,
        values: [n, note],
      },
      { sql: `UPDATE twigs SET note = ?, _version = ${VERSION} WHERE n >= ?`, values: [note, n] },
      { sql: 'DELETE FROM twigs WHERE n = ?', values: [n] },
      {
        sql: `UPDATE nodes SET uid = CASE uid WHEN 'au' THEN 'av' ELSE 'au' END, _version = ${VERSION} WHERE id = 'a'`,
        values: [],
      },
    ]);
  }

  /** What is there now is a moment to go back to. */
  note(): void {
    this.moments.push({ version: this.#shard.state.clock.last, origin: '', tenants: tenantsOf(this.#shard) });
  }

  /** Rows are in a state behind a fence that no commit of before has left. Who goes back may come by it again. */
  passThrough(tenants: Tenants): void {
    for (const [tenant, state] of tenants) this.#existed.add(nameOf(tenant, state));
  }

  /** True if the tenant's rows had this content after some commit. */
  hasExisted(tenant: string, state: LabState | undefined): boolean {
    return this.#existed.has(nameOf(tenant, state));
  }

  /** Any of the moments so far. */
  any(): Moment {
    return this.moments[below(this.#random, this.moments.length)]!;
  }

  #commit(statements: readonly Statement[]): Moment {
    const origin = crypto.randomUUID();
    const version = commitStatements(this.#shard, origin, statements);
    this.#shard.state.freshness.committed(this.#shard.session);
    const moment = { version, origin, tenants: tenantsOf(this.#shard) };
    for (const [tenant, state] of moment.tenants) this.#existed.add(nameOf(tenant, state));
    this.moments.push(moment);
    return moment;
  }
}

const VERSION = '(SELECT version FROM _clock)';

const TWIG: Statement = {
  sql: `INSERT INTO twigs (tenant, node_uid, n, note, _version) VALUES ('t', 'au', 1, 'first', ${VERSION})`,
  values: [],
};

const nameOf = (tenant: string, state: LabState | undefined): string => `${tenant} ${JSON.stringify(contentOf(state))}`;

const of = (tenant: string, { sql, values }: Statement): Statement => ({
  sql: sql.replaceAll("'t'", `'${tenant}'`),
  values,
});

/** Statements that would change rows of all tenants change those of one. */
const confined = (sql: string, tenant: string): string =>
  /^(UPDATE|DELETE)/.test(sql)
    ? sql.includes(' WHERE ')
      ? sql.replace(' WHERE ', ` WHERE tenant = '${tenant}' AND `)
      : `${sql} WHERE tenant = '${tenant}'`
    : sql;
