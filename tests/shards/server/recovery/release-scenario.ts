/**
 * A random history of releases: rows are written, and a migration changes their table, in turns. The rows of any moment, looked at and
 * restored, must be what they were, under today's names. It throws what it finds. Runs in workerd and in Node.
 */
import { integer, primaryKey, type SQLiteColumnBuilderBase, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../../../src/model/define-model.ts';
import type { Migration, MigrationBundle, Model, Rename } from '../../../../src/model/types.ts';
import { ShardQLError } from '../../../../src/shards/errors.ts';
import { changesSince } from '../../../../src/shards/server/recovery/past-point.ts';
import { pastSchema } from '../../../../src/shards/server/recovery/past-schema.ts';
import { beginRestore, stepRestore } from '../../../../src/shards/server/recovery/restore-steps.ts';
import { survey } from '../../../../src/shards/server/recovery/survey.ts';
import { settleReferences, takeBack } from '../../../../src/shards/server/recovery/take-back.ts';
import { stopClock } from '../../../../src/shards/server/tables/clock-table.ts';
import { addShardKey } from '../../../../src/shards/server/tables/keys-table.ts';
import { slotOf } from '../../../../src/shards/slots.ts';
import { bundleWith, tablesOf } from '../../../support/create-tables.ts';
import { below, pick, type Random } from '../../../support/random.ts';
import type { LabShard } from '../lab-shard-class.ts';
import { commitStatements, type Statement } from '../undo/lab-history.ts';
import { keyOf } from './tenant-history.ts';

type Shard = Pick<LabShard, 'rows' | 'session' | 'sql' | 'state'>;

/** Starts the shard with a release, over the rows that it has, and migrates it. */
export type Deploy = (model: Model, bundle: MigrationBundle) => Promise<Shard>;

export interface ReleaseCounts {
  looks: number;
  restores: number;
  /** Refused since a migration was in between that has converted values. */
  barriers: number;
}

interface Column {
  readonly id: number;
  readonly name: string;
  /** The release that has added it. */
  readonly since: number;
  /** What rows have that were there before. */
  readonly fallback: number | null;
}

interface Schema {
  readonly table: string;
  readonly columns: readonly Column[];
}

/** Values of the columns by their ids, of each row. */
type Rows = ReadonlyMap<string, ReadonlyMap<number, number | null>>;

interface Moment {
  readonly version: number;
  readonly release: number;
  readonly rows: Rows;
}

const TENANTS = ['t', 'u'];
const IDS = ['1', '2', '3', '4'];
/** Few, so that columns take the names that others had. */
const NAMES = ['a', 'b', 'c', 'd'];
const TABLES = ['things', 'items'];
const RELEASES = 5;
/** More than any value, so that none is taken for a converted one. */
const CONVERTED_BY = 1_000;
const VERSION = '(SELECT version FROM _clock)';

const FIRST_SCHEMA: Schema = {
  table: TABLES[0]!,
  columns: ['a', 'b'].map((name, id) => ({ id, name, since: 0, fallback: null })),
};

function modelOf({ table, columns }: Schema): Model {
  const own = Object.fromEntries(
    columns.map(({ id, name, fallback }): [string, SQLiteColumnBuilderBase] => [
      `v${id}`,
      fallback === null ? integer(name) : integer(name).notNull().default(fallback),
    ]),
  );
  const things = sqliteTable(table, { tenant: text().notNull(), id: text().notNull(), ...own }, (t) => [
    primaryKey({ columns: [t.tenant, t.id] }),
  ]);
  return defineModel({ Thing: { table: things, shardKey: 'tenant' } });
}

function migration(release: number, statements: readonly string[], renames: readonly Rename[]): Migration {
  const tag = String(release).padStart(4, '0');
  return { tag, hash: tag, schemaHash: tag, statements, renames, checks: [], reverts: null };
}

const firstModel = modelOf(FIRST_SCHEMA);
/** That all histories begin with. */
export const FIRST_RELEASE = {
  model: firstModel,
  bundle: bundleWith(firstModel, [migration(0, tablesOf(firstModel), [])]),
};

export async function runReleases(deploy: Deploy, random: Random, counts: ReleaseCounts): Promise<void> {
  await new ReleaseHistory(deploy, random, counts).run();
}

class ReleaseHistory {
  readonly #deploy: Deploy;
  readonly #random: Random;
  readonly #counts: ReleaseCounts;
  readonly #moments: Moment[] = [];
  readonly #migrations: Migration[] = [...FIRST_RELEASE.bundle.migrations];
  /** Releases that have converted values of a column. */
  readonly #conversions: { readonly release: number; readonly column: number }[] = [];
  #shard!: Shard;
  #schema = FIRST_SCHEMA;
  #columns = FIRST_SCHEMA.columns.length;

  constructor(deploy: Deploy, random: Random, counts: ReleaseCounts) {
    this.#deploy = deploy;
    this.#random = random;
    this.#counts = counts;
  }

  async run(): Promise<void> {
    await this.#release();
    for (const tenant of TENANTS) addShardKey(this.#shard.session, keyOf(tenant), slotOf(keyOf(tenant)));
    for (let at = 0; at < 3; at++) this.#commit();
    for (let release = 1; release <= RELEASES; release++) {
      this.#change(release);
      // Two at once, at times.
      if (this.#random() < 0.3 && release < RELEASES) continue;
      await this.#release();
      this.#note();
      for (let at = 0; at < 3; at++) this.#commit();
      for (let at = 0; at < 4; at++) this.#look(pick(this.#random, this.#moments));
      if (this.#random() < 0.5) this.#restore(pick(this.#random, this.#moments));
    }
  }

  get #releases(): number {
    return this.#migrations.length - 1;
  }

  #migrate(statements: readonly string[], renames: readonly Rename[] = []): void {
    this.#migrations.push(migration(this.#migrations.length, statements, renames));
  }

  async #release(): Promise<void> {
    const model = modelOf(this.#schema);
    this.#shard = await this.#deploy(model, bundleWith(model, this.#migrations));
  }

  /** One change of the schema. */
  #change(release: number): void {
    const { table, columns } = this.#schema;
    const free = NAMES.filter((name) => columns.every((column) => column.name !== name));
    const at = this.#random();
    const column = pick(this.#random, columns);
    const others = columns.filter((each) => each !== column);
    if (at < 0.3 && free.length > 0) {
      const to = pick(this.#random, free);
      this.#schema = { table, columns: [...others, { ...column, name: to }] };
      this.#migrate(
        [`ALTER TABLE ${table} RENAME COLUMN ${column.name} TO ${to}`],
        [{ table, column: column.name, to }],
      );
    } else if (at < 0.5 && others.length > 0) {
      this.#schema = { table, columns: others };
      this.#migrate([`ALTER TABLE ${table} DROP COLUMN ${column.name}`]);
    } else if (at < 0.75 && free.length > 0) {
      const fallback = this.#random() < 0.5 ? null : 100 + release;
      const added = this.#column(pick(this.#random, free), release, fallback);
      this.#schema = { table, columns: [...columns, added] };
      const rest = fallback === null ? '' : ` DEFAULT ${fallback} NOT NULL`;
      this.#migrate([`ALTER TABLE ${table} ADD COLUMN ${added.name} integer${rest}`]);
    } else if (at < 0.88) {
      const to = TABLES.find((name) => name !== table)!;
      this.#schema = { table: to, columns };
      this.#migrate([`ALTER TABLE ${table} RENAME TO ${to}`], [{ table, to }]);
    } else {
      this.#conversions.push({ release, column: column.id });
      this.#migrate([`UPDATE ${table} SET ${column.name} = ${column.name} + ${CONVERTED_BY}`]);
    }
  }

  #column(name: string, since: number, fallback: number | null): Column {
    return { id: this.#columns++, name, since, fallback };
  }

  #commit(): void {
    const statements = Array.from({ length: 1 + below(this.#random, 4) }, () => this.#statement());
    commitStatements(this.#shard as LabShard, crypto.randomUUID(), statements);
    this.#shard.state.freshness.committed(this.#shard.session);
    this.#note();
  }

  #statement(): Statement {
    const { table, columns } = this.#schema;
    const [tenant, id] = [pick(this.#random, TENANTS), pick(this.#random, IDS)];
    const at = this.#random();
    if (at < 0.15) return { sql: `DELETE FROM ${table} WHERE tenant = ? AND id = ?`, values: [tenant, id] };
    if (at < 0.55) {
      const names = columns.map(({ name }) => name);
      return {
        sql: `INSERT INTO ${table} (tenant, id, ${names.join(', ')}, _version) VALUES (?, ?, ${names.map(() => '?').join(', ')}, ${VERSION})`,
        values: [tenant, id, ...names.map(() => below(this.#random, 100))],
      };
    }
    const { name } = pick(this.#random, columns);
    return {
      sql: `UPDATE ${table} SET ${name} = ?, _version = ${VERSION} WHERE tenant = ? AND id = ?`,
      values: [below(this.#random, 100), tenant, id],
    };
  }

  /** What is there now is a moment to go back to. */
  #note(): void {
    this.#moments.push({ version: this.#shard.state.clock.last, release: this.#releases, rows: this.#rows() });
  }

  #rows(): Rows {
    const { table, columns } = this.#schema;
    const found = this.#shard.rows(`SELECT tenant, id, ${columns.map(({ name }) => name).join(', ')} FROM ${table}`);
    return new Map(
      found.map(([tenant, id, ...values]) => [
        `${tenant} ${id}`,
        new Map(columns.map((column, at) => [column.id, values[at] as number | null])),
      ]),
    );
  }

  /** The rows of a moment under today's schema: columns that came later have their default, and values mean what they mean today. */
  #under({ rows, release }: Moment): Rows {
    const { columns } = this.#schema;
    return new Map(
      [...rows].map(([place, values]) => [
        place,
        new Map(
          columns.map(({ id, since, fallback }) => {
            const value = since > release ? fallback : values.get(id)!;
            const conversions = this.#conversions.filter(
              (conversion) => conversion.column === id && conversion.release > release,
            );
            return [id, value === null ? null : value + CONVERTED_BY * conversions.length];
          }),
        ),
      ]),
    );
  }

  /** As reads of the past do: in a transaction of which nothing stays. */
  #look(moment: Moment): void {
    const { state, session } = this.#shard;
    this.#counts.looks++;
    let found: Rows | null = null;
    const isThere = this.#reaches(moment, () => {
      try {
        state.storage.transactionSync(() => {
          stopClock(session);
          const schema = pastSchema(state.model, state.migrations);
          takeBack(session, changesSince(session, moment.version, null), { schema, versions: 'THEN' });
          found = this.#rows();
          throw new TakenOut();
        });
      } catch (error) {
        if (!(error instanceof TakenOut)) throw error;
      } finally {
        settleReferences(session);
      }
    });
    if (isThere) requireRows(found!, this.#under(moment), `release ${moment.release} as of ${this.#releases}`);
  }

  /** Of one tenant, or of all. */
  #restore(moment: Moment): void {
    const { state, session } = this.#shard;
    const tenants = this.#random() < 0.5 ? TENANTS : [pick(this.#random, TENANTS)];
    const shardKeys = tenants === TENANTS ? null : tenants.map(keyOf);
    const before = this.#rows();
    const isThere = this.#reaches(moment, () => {
      const schema = pastSchema(state.model, state.migrations);
      const surveyed = survey(session, schema, changesSince(session, moment.version, shardKeys));
      let total = surveyed.next();
      while (!total.done) total = surveyed.next();
      const id = crypto.randomUUID();
      beginRestore(state, session, { id, shardKeys, target: moment.version, undoes: null }, total.value.changes);
      while (stepRestore(state, session, { microseconds: 120, bytes: 1_000, logRows: 10 }));
    });
    if (!isThere) return;
    this.#counts.restores++;
    const then = this.#under(moment);
    const isRestored = (place: string) => tenants.includes(place.split(' ')[0]!);
    const expected = new Map([
      ...[...then].filter(([place]) => isRestored(place)),
      ...[...before].filter(([place]) => !isRestored(place)),
    ]);
    requireRows(this.#rows(), expected, `release ${moment.release} restored in ${this.#releases}`);
    this.#note();
  }

  #isBarred({ release }: Moment): boolean {
    return this.#conversions.some((conversion) => conversion.release > release);
  }

  /** False: a conversion is in between, so that it was refused. That and nothing else refuses it. */
  #reaches(moment: Moment, goBack: () => void): boolean {
    try {
      goBack();
    } catch (error) {
      if (!this.#isBarred(moment) || !(error instanceof ShardQLError) || error.code !== 'CONFLICT') throw error;
      this.#counts.barriers++;
      return false;
    }
    return true;
  }
}

class TakenOut extends Error {}

function requireRows(found: Rows, expected: Rows, what: string): void {
  const [foundText, expectedText] = [textOf(found), textOf(expected)];
  if (foundText !== expectedText) throw new Error(`${what}: expected ${expectedText}, but got ${foundText}`);
}

const textOf = (rows: Rows): string =>
  JSON.stringify([...rows].map(([place, values]) => [place, [...values]]).sort(([a], [b]) => (a! < b! ? -1 : 1)));
