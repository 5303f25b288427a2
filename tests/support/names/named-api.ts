/** A model of given names in SQL, served and loaded, and what must hold of it whatever the names are. */
import { expect } from 'vitest';
import { toRequestLimits } from '../../../src/http/graphql/request-limits.ts';
import type { Model } from '../../../src/model/types.ts';
import { familyCountOf, namedTables, namedWorld } from '../../models/named-tables.ts';
import { createLabWorker, type LabWorker } from '../lab-worker.ts';
import { QueryGenerator } from '../queries/generate-query.ts';
import { LoadedWorld } from '../queries/loaded-world.ts';
import { Oracle } from '../queries/oracle.ts';
import type { ListQuery } from '../queries/query.ts';
import { mustRefuse } from '../queries/refusals.ts';
import type { Entity, Row, World } from '../queries/world.ts';
import { createRandom } from '../random.ts';

/** Lists in one document. */
const BATCH = 10;

export class NamedApi {
  readonly model: Model;
  readonly #world: World;
  readonly #oracle: Oracle;
  readonly #api: LabWorker;
  readonly #loaded: LoadedWorld<LabWorker>;
  readonly #seed: number;

  /** @throws ModelError for names that cannot be served. */
  constructor(names: readonly string[], seed: number, familyCount = familyCountOf(names)) {
    this.#seed = seed;
    this.model = namedTables(names, familyCount);
    this.#world = namedWorld(familyCount, createRandom(seed));
    this.#oracle = new Oracle(this.#world);
    this.#api = createLabWorker(this.model);
    this.#loaded = new LoadedWorld(this.#api, 2, this.#world, this.#oracle);
  }

  /** Imports all rows, by names in SQL. */
  async load(): Promise<void> {
    for (const entity of this.#world.entities) {
      const rows = this.#world.rows[entity.type]!;
      const { columnByName } = this.#table(entity);
      const given = entity.columns.filter(({ generated }) => !generated);
      const lines = rows.map((row) =>
        JSON.stringify(Object.fromEntries(given.map(({ name }) => [columnByName.get(name)!.sqlName, row[name]]))),
      );
      const report = await this.#import(entity, lines.join('\n'));
      expect(report, entity.type).toMatchObject({ inserted: rows.length, failures: [] });
    }
  }

  /** One list per column, in which it is everything that a column can be. */
  async checkColumns(): Promise<void> {
    await this.#checkLists(
      this.#world.entities.flatMap((entity) => entity.columns.map(({ name }) => this.#listBy(entity, name))),
    );
  }

  async checkRandomLists(count: number): Promise<void> {
    const generator = new QueryGenerator(this.#world, this.#oracle.related, createRandom(this.#seed));
    await this.#checkLists(Array.from({ length: count }, () => generator.query()));
  }

  async checkSearch(): Promise<void> {
    for (const entity of this.#world.entities) {
      const texts = this.#table(entity).search.map(({ name }) => name);
      if (texts.length === 0) continue;
      const isFound = (row: Row) => texts.some((name) => /\bselect\b/.test(String(row[name])));
      const expected = this.#world.rows[entity.type]!.filter(isFound).map(({ code }) => code);
      const { data, errors } =
        await this.#api.graphql(`{ found: ${entity.list}(search: "select", orderBy: [{ code: ASC }]) {
        totalCount edges { rank highlights { column } node { code links { totalCount } } } aggregate { count } } }`);
      expect(errors, entity.type).toEqual([]);
      expect(
        data.found.edges.map(({ node }: { node: Row }) => node.code),
        entity.type,
      ).toEqual(expected.toSorted());
      expect(data.found.aggregate.count).toBe(expected.length);
    }
  }

  /** An export imported again changes nothing; a row that was changed in it is updated. Leaves the change behind. */
  async checkExchange(): Promise<void> {
    for (const entity of this.#world.entities) {
      const text = await this.#export(entity);
      const rows = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(rows).toHaveLength(this.#world.rows[entity.type]!.length);
      expect(await this.#import(entity, text), entity.type).toMatchObject({ unchanged: rows.length, failed: 0 });
      const [name, value] = CHANGE_BY_KIND[kindOf(entity)]!;
      const { sqlName } = this.#table(entity).columnByName.get(name)!;
      const changed = JSON.stringify({ ...rows[0], [sqlName]: value });
      expect(await this.#import(entity, changed), entity.type).toMatchObject({ updated: 1, failed: 0 });
    }
  }

  /** A row of each table is created, updated once per version, refused twice, and deleted; those of one kind are read through the cache. */
  async checkWrites(): Promise<void> {
    for (const entity of this.#world.entities) {
      const { type } = entity;
      const { shouted: _, ...row } = this.#world.rows[type]![0]!;
      const data = { ...row, ...FRESH_BY_KIND[kindOf(entity)]! };
      const { byName, byColumns } = this.#table(entity).primaryKey;
      const values = Object.fromEntries(byColumns.map(({ name }) => [name, data[name]]));
      const by = byColumns.length === 1 ? values : { [byName]: values };
      const [name, value] = CHANGE_BY_KIND[kindOf(entity)]!;
      const given = { data, by, shardKey: data[entity.shardKey], set: { [name]: value } };
      const key = `$by: ${type}Key!, $shardKey: ID`;
      const isRead = async (value: unknown) => {
        if (kindOf(entity) !== 'Item') return;
        const { data, errors } = await this.#api.graphql(
          `query (${key}) { it: ${this.#table(entity).single}(by: $by, shardKey: $shardKey) @consistency(mode: CACHED) { ${name} } }`,
          given,
        );
        expect(errors, type).toEqual([]);
        expect(data.it, type).toEqual(value);
      };
      const all = ['version', ...entity.columns.map((column) => column.name)].join(' ');
      const create = await this.#api.graphql(
        `mutation ($data: ${type}CreateInput!) { it: create${type}(data: $data) { ${all} } }`,
        given,
      );
      expect(create.errors, type).toEqual([]);
      expect(create.data.it, type).toMatchObject(data);
      await isRead({ [name]: data[name] });
      const update = await this.#api.graphql(
        `mutation (${key}, $set: ${type}UpdateInput!, $version: Version!, $data: ${type}CreateInput!) {
          it: update${type}(by: $by, shardKey: $shardKey, data: $set, expectedVersion: $version) { ${name} }
          again: update${type}(by: $by, shardKey: $shardKey, data: $set, expectedVersion: $version) { ${name} }
          twice: create${type}(data: $data) { version }
        }`,
        { ...given, version: create.data.it.version },
      );
      expect(update.data.it, type).toEqual({ [name]: value });
      expect(
        update.errors.map(({ extensions }) => extensions),
        type,
      ).toMatchObject([{ code: 'CONFLICT' }, { code: 'UNIQUE_VIOLATION', table: type, constraint: 'PRIMARY' }]);
      await isRead({ [name]: value });
      const remove = await this.#api.graphql(
        `mutation (${key}) { it: delete${type}(by: $by, shardKey: $shardKey) { ${name} } }`,
        given,
      );
      expect(remove.errors, type).toEqual([]);
      await isRead(null);
    }
  }

  /** Deletes the first shard key's rows of all tables, through foreign keys. */
  async checkCascades(): Promise<void> {
    for (const { type } of this.#world.entities.filter((one) => kindOf(one) === 'Owner')) {
      const items = this.#world.rows[type.replace('Owner', 'Item')]!.filter(({ owner }) => owner === 'a');
      const document = `mutation { it: delete${type}(by: { code: "a" }) { items { nodes { code } } } }`;
      const { data, errors } = await this.#api.graphql(document);
      expect(errors, type).toEqual([]);
      expect(data.it.items.nodes.map(({ code }: Row) => code)).toEqual(items.map(({ code }) => code));
    }
    const lists = this.#world.entities.map(({ list }) => `${list}(shardKey: "a") { totalCount }`);
    const { rootFields } = toRequestLimits({});
    for (let start = 0; start < lists.length; start += rootFields) {
      const { data } = await this.#api.graphql(`{ ${lists.slice(start, start + rootFields).join(' ')} }`);
      for (const [list, answer] of Object.entries(data)) expect(answer, list).toEqual({ totalCount: 0 });
    }
  }

  #table({ type }: Entity) {
    return this.model.table(type);
  }

  async #checkLists(queries: readonly ListQuery[]): Promise<void> {
    for (let start = 0; start < queries.length; start += BATCH) {
      const batch = queries.slice(start, start + BATCH);
      const expected = batch.map((query) => (mustRefuse(this.#world, query) ? null : this.#oracle.answer(query)));
      const differences = await this.#loaded.check(batch, expected);
      for (const [at, difference] of differences.entries()) expect(difference, JSON.stringify(batch[at])).toBeNull();
    }
  }

  #listBy({ type, columns, primaryKey }: Entity, name: string): ListQuery {
    const isJson = columns.find((column) => column.name === name)!.kind === 'json';
    const value = this.#world.rows[type]!.find((row) => row[name] !== null)?.[name];
    const isIt = value === undefined || isJson ? { isNull: true } : { in: [value] };
    return {
      type,
      args: { where: { NOT: { [name]: isIt } }, ...(!isJson && { orderBy: [{ [name]: 'DESC' }] }) },
      select: {
        rows: { columns: [...new Set([name, ...primaryKey])], paths: [], one: [], many: [] },
        totalCount: true,
        ...(!isJson && {
          aggregate: [{ op: 'countDistinct', column: name }],
          groups: [{ by: [{ column: name }], measures: [{ op: 'count' }] }],
        }),
      },
    };
  }

  async #import(entity: Entity, body: string): Promise<unknown> {
    const path = `/import?table=${encodeURIComponent(this.#table(entity).sqlName)}`;
    return (await this.#api.fetch(path, { method: 'POST', body })).json();
  }

  async #export(entity: Entity): Promise<string> {
    const response = await this.#api.fetch(`/export?table=${encodeURIComponent(this.#table(entity).sqlName)}`);
    return decoder.decode(await response.arrayBuffer());
  }
}

const decoder = new TextDecoder();

const kindOf = ({ type }: Entity): string => type.replace(/\d+$/, '');

/** Another row of each kind of table, in the first shard key. */
const FRESH_BY_KIND: Readonly<Record<string, Row>> = {
  Owner: { code: 'fresh' },
  Tag: { code: 'fresh' },
  Item: { code: 'fresh', amount: null, parentCode: null },
  Link: { tagCode: 'fresh' },
};

/** A column of each kind of table, and another value of it. */
const CHANGE_BY_KIND: Readonly<Record<string, readonly [column: string, value: string | number]>> = {
  Owner: ['title', 'changed'],
  Tag: ['title', 'changed'],
  Item: ['words', 'changed'],
  Link: ['position', 7],
};
