/**
 * The matrix of role × table × verb × column × surface: what stands in a role's schema is what the rules, written a second time, allow;
 * each place has its cell; and what is allowed answers, while what is denied is unknown.
 */
import { type GraphQLSchema, isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { roleModel } from '../../src/model/access/role-model.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../models/access/model.ts';
import { clientOf, startAccessLab } from '../support/access/access-lab.ts';
import { ENTITIES } from '../support/access/entities.ts';
import { ROLES } from '../support/access/roles.ts';
import { accessRows, accessWorld } from '../support/access/rows.ts';
import { seenWorld } from '../support/access/seen-world.ts';
import { ARGUMENTS, judge } from '../support/access/surfaces.ts';
import { WRITES } from '../support/access/write-rights.ts';
import type { LabWorker } from '../support/lab-worker.ts';
import { type Column, type Entity, screaming } from '../support/queries/world.ts';
import { createRandom, seedOfRun } from '../support/random.ts';

const CLAIMS = {
  shardKey: 's0', personId: 'p0', spaces: ['s0', 's1'], initial: 'A', rank: 1,
  states: ['DRAFT'], maxSize: '5000', minAmount: '0', since: '2026-01-01T00:00:00.000Z', open: true,
}; // biome-ignore format: a table

const rows = accessRows(createRandom(seedOfRun()));
const world = accessWorld(rows);
const schemaOf = (role: string): GraphQLSchema => buildSchema(roleModel(model, role)!);
const seenBy = (role: string) => seenWorld(world, { role, claims: CLAIMS });

/** Places for a column: each a root field. */
const PROBES: readonly ((entity: Entity, column: Column) => string | null)[] = [
  ({ list }, { name }) => `${list}(first: 1) { nodes { ${name} } }`,
  ({ list }, { name }) => `${list}(first: 1) { edges { node { ${name} } } }`,
  ({ list }, { name }) => `${list}(where: { ${name}: { isNull: false } }, first: 1) { pageInfo { hasNextPage } }`,
  ({ list }, { name }) => `${list}(where: { NOT: { OR: [{ ${name}: { isNull: true } }] } }, first: 1) { pageInfo { hasNextPage } }`,
  ({ list }, { name, kind }) => (kind === 'json' ? null : `${list}(orderBy: [{ ${name}: DESC }], first: 1) { pageInfo { endCursor } }`),
  ({ list, counted }, { name, kind }) => (kind === 'json' || counted === false ? null : `${list} { aggregate { max { ${name} } countDistinct { ${name} } } }`),
  ({ list, counted }, { name, kind }) => (kind === 'json' || counted === false ? null : `${list} { groupBy(by: [{ field: ${screaming(name)} }]) { keys { ${name} } } }`),
  ({ list, counted }, { name, kind }) => (kind === 'json' || counted === false ? null : `${list} { groupBy(by: [{ field: SPACE_ID }], having: { max: { ${name}: { isNull: true } } }) { count } }`.replace('SPACE_ID', list === 'spaces' || list === 'people' ? 'ID' : 'SPACE_ID')),
]; // biome-ignore format: a table

/** Places for a relation. */
const RELATED: readonly ((list: string, relation: Entity['relations'][number]) => string | null)[] = [
  (list, { name, kind }) => `${list}(first: 1) { nodes { ${name} ${kind === 'one' ? '{ __typename }' : '{ nodes { __typename } }'} } }`,
  (list, { name, kind }) => `${list}(where: { ${name}: ${kind === 'one' ? '{}' : '{ some: {} }'} }, first: 1) { nodes { __typename } }`,
  (list, { name, kind }) => (kind === 'many' ? `${list}(where: { ${name}: { none: {} } }, first: 1) { nodes { __typename } }` : null),
]; // biome-ignore format: a table

it('has a cell for each place of the whole schema, and for each argument', () => {
  const schema = buildSchema(model);
  expect(judge(schema, 'admin', world).filter(({ cell }) => cell === null)).toEqual([]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const unknown = field.args.filter(({ name }) => !ARGUMENTS.has(name) && type.name !== 'SearchHighlight');
      expect([type.name, field.name, field.name === 'highlights' ? [] : unknown.filter(({ name }) => !['by', 'trunc'].includes(name)).map(({ name }) => name)]).toEqual([type.name, field.name, []]); // biome-ignore format: one line
    }
  }
});

describe.each(Object.keys(ROLES))('the role %s', (role) => {
  const seen = seenBy(role);
  let worker: LabWorker;
  beforeAll(async () => {
    worker = await labWorker();
  });

  it('has nothing in its schema that is denied', () => {
    const judged = judge(schemaOf(role), role, seen);
    expect(judged.filter(({ cell }) => cell !== 'allowed')).toEqual([]);
  });

  it('has everything in its schema that is allowed to be read', () => {
    const own = new Set(judge(schemaOf(role), role, seen).map(({ field }) => field));
    const all = judge(buildSchema(model), role, seen).filter(({ cell }) => cell === 'allowed');
    const read = all.filter(({ field }) => READ.test(field));
    expect(read.length).toBeGreaterThan(10);
    expect(read.filter(({ field }) => !own.has(field) && !isOfSearch(field))).toEqual([]);
  });

  it('has every column and relation in the inputs of what it may write', () => {
    const own = new Set(judge(schemaOf(role), role, seen).map(({ field }) => field));
    const mayWrite = (field: string): boolean => {
      const [, type, verb, name] = WRITTEN.exec(field) ?? [];
      const key = ENTITIES.find((entity) => entity.type === type)?.primaryKey ?? [];
      // Keys never change, and moments of deletion are nobody's to give.
      const isFixed = MOMENTS.includes(name!) || (verb === 'Update' && key.includes(name!));
      return (
        type !== undefined && !isFixed && WRITES[role]?.[type]?.[verb === 'Create' ? 'create' : 'update'] !== undefined
      );
    };
    const all = judge(buildSchema(model), role, seen).filter(
      ({ cell, field }) => cell === 'allowed' && mayWrite(field),
    );
    expect(all.filter(({ field }) => !own.has(field))).toEqual([]);
    expect(all.length > 0).toBe(WRITES[role] !== undefined);
  });

  it('has every mutation that it may make, and none else', () => {
    const own = judge(schemaOf(role), role, seen).filter(({ field }) => field.startsWith('Mutation.'));
    const all = judge(buildSchema(model), role, seen).filter(({ field }) => field.startsWith('Mutation.'));
    const allowed = all.filter(({ cell, field }) => cell === 'allowed' && field !== 'Mutation.transaction');
    const names = own.map(({ field }) => field).filter((field) => field !== 'Mutation.transaction');
    expect(names.sort()).toEqual(allowed.map(({ field }) => field).sort());
  });

  it('is answered where it may ask, and told nothing where it may not', async () => {
    const allowed: string[] = [];
    const denied: string[] = [];
    for (const entity of ENTITIES) {
      const own = seen.entities.find(({ type }) => type === entity.type);
      for (const column of entity.columns) {
        const isRead = own?.columns.some(({ name }) => name === column.name) ?? false;
        for (const probe of PROBES) {
          const field = probe(own ?? entity, column);
          if (field !== null) (isRead ? allowed : denied).push(field);
        }
      }
      for (const relation of entity.relations) {
        const isRead = own?.relations.some(({ name }) => name === relation.name) ?? false;
        for (const probe of RELATED) {
          const field = probe(entity.list, relation);
          if (field !== null) (isRead ? allowed : denied).push(field);
        }
      }
    }
    const client = clientOf(worker, { role, claims: CLAIMS }, 'STRONG');
    for (const fields of chunks(allowed)) {
      const { errors } = await client.graphql(documentOf(fields));
      expect(errors, documentOf(fields)).toEqual([]);
    }
    for (const fields of chunks(denied)) {
      const { errors, data } = await client.graphql(documentOf(fields));
      expect(data).toBeUndefined();
      const lines = errors.map(
        (error) => (error as { readonly locations?: readonly { readonly line: number }[] }).locations![0]!.line,
      );
      // Each is refused for itself.
      expect([...new Set(lines)].sort((a, b) => a - b)).toEqual(fields.map((_, at) => at + 2));
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(errors.map(() => 'GRAPHQL_VALIDATION_FAILED'));
    }
    expect(allowed.length).toBeGreaterThan(20);
  });
});

const READ =
  /^(Query|(Space|Person|Membership|Doc|Note|Tag|DocTag|Share|Event)(|Where|OrderBy|ColumnValues|Connection|Key))\./;
const WRITTEN = /^(Space|Person|Membership|Doc|Note|Tag|DocTag|Share|Event)(Create|Update)Input\.(\w+)/;
const MOMENTS = ['deletedAt', 'leftAt'];
/** There is no search where a column of it is hidden. */
const isOfSearch = (field: string): boolean => /\.(rank|highlights)$/.test(field);

let started: Promise<LabWorker> | undefined;
const labWorker = (): Promise<LabWorker> => {
  started ??= startAccessLab(rows, 2);
  return started;
};

const FIELDS = 8;
const chunks = (fields: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(fields.length / FIELDS) }, (_, at) => fields.slice(at * FIELDS, (at + 1) * FIELDS));

const documentOf = (fields: readonly string[]): string =>
  `query {\n${fields.map((field, at) => `f${at}: ${field}`).join('\n')}\n}`;
