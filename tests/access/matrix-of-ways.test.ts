/**
 * The matrix of role × table × verb × way: whichever way a caller takes, it reads and writes what its role may; and the paths of
 * operators are none. Ways are listed by the product itself: its paths, parameters, headers and fields.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import * as headers from '../../src/http/core/headers.ts';
import { readParams } from '../../src/http/graphql/params.ts';
import { OPERATOR_ROUTES } from '../../src/http/operator/serve-operator.ts';
import { roleModel } from '../../src/model/access/role-model.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import { buildOperatorSchema } from '../../src/schema/operator/build-operator-schema.ts';
import model from '../models/access/model.ts';
import { startAccessLab } from '../support/access/access-lab.ts';
import { ENTITIES } from '../support/access/entities.ts';
import { ROLES, type Viewer } from '../support/access/roles.ts';
import { accessRows, accessWorld, asHeader } from '../support/access/rows.ts';
import { seenWorld } from '../support/access/seen-world.ts';
import { type Asked, HEADERS, manifestOf, ownField, ownFields, PARAMETERS, WAYS } from '../support/access/ways.ts';
import { WRITES } from '../support/access/write-rights.ts';
import { InputGenerator } from '../support/access/writes/random-inputs.ts';
import { renderWrite } from '../support/access/writes/render-write.ts';
import { RowPicker } from '../support/access/writes/row-picker.ts';
import { KINDS, type Kind, mutationOf, type Step } from '../support/access/writes/write.ts';
import type { LabWorker } from '../support/lab-worker.ts';
import { createRandom, seedOfRun } from '../support/random.ts';

const CLAIMS = {
  shardKey: 's0', personId: 'p0', spaces: ['s0', 's1'], initial: '', rank: 1, budget: '100',
  states: ['DRAFT'], maxSize: '5000', minAmount: '0', since: '2026-01-01T00:00:00.000Z', open: true,
}; // biome-ignore format: a table

const random = createRandom(seedOfRun());
const rows = accessRows(random);
const world = accessWorld(rows);
const OPERATOR = buildSchema(model);
const NEEDED: Readonly<Record<string, readonly ('create' | 'update' | 'delete')[]>> = {
  upsert: ['create', 'update'],
  upsertMany: ['create', 'update'],
  createMany: ['create'],
  updateMany: ['update'],
  deleteMany: ['delete'],
  restore: ['delete'],
  purge: ['delete'],
};
const viewerOf = (role: string): Viewer => ({ role, claims: CLAIMS });
const mayWrite = (role: string, type: string, kind: string): boolean =>
  (NEEDED[kind] ?? [kind]).every((verb) => WRITES[role]?.[type]?.[verb as 'create'] !== undefined);

const UNKNOWN = ['GRAPHQL_VALIDATION_FAILED'];

/** A list of each type. */
const readOf = (type: string): Asked => {
  const { list, primaryKey } = ENTITIES.find((one) => one.type === type)!;
  return { query: `query { it: ${list}(first: 3) { nodes { ${primaryKey.join(' ')} } } }`, variables: {} };
};

interface Mutation {
  readonly step: Step;
  readonly isAllowed: boolean;
}

/** A mutation of each kind and type: as the role can write it, or else as an operator would. */
const mutationsOf = (role: string): Mutation[] => {
  const seen = seenWorld(world, viewerOf(role));
  const own = buildSchema(roleModel(model, role)!);
  const picker = new RowPicker(world, seen, random, {}, `${role}-`);
  const inputs = new InputGenerator(picker, random);
  return ENTITIES.flatMap(({ type, list, keepsDeleted, shardKey }) =>
    KINDS.flatMap((kind): Mutation[] => {
      const field = mutationOf(kind, type, list);
      if (OPERATOR.getMutationType()!.getFields()[field] === undefined) return [];
      const isAllowed = mayWrite(role, type, kind);
      const place = { ...inputs.place('s0'), depth: Number.POSITIVE_INFINITY };
      const row = picker.row(ENTITIES.find((one) => one.type === type)!, 's0', keepsDeleted && kind === 'restore');
      const args = (isAllowed ? own : OPERATOR).getMutationType()!.getFields()[field]!.args;
      const argument = (name: string): unknown => {
        const arg = args.find((one) => one.name === name);
        if (arg === undefined) return undefined;
        if (name === 'shardKey') return shardKey === 'spaceId' ? 's0' : undefined;
        if (name === 'by') return inputs.key(ENTITIES.find((one) => one.type === type)!, arg.type, row, 'find', place);
        if (name === 'where')
          return Object.fromEntries(
            ENTITIES.find((one) => one.type === type)!.primaryKey.map((key) => [key, { eq: row[key] }]),
          );
        if (name === 'atMost') return 1;
        return ['data', 'create', 'update'].includes(name) ? inputs.value(arg.type, place) : undefined;
      };
      const given = args.map(({ name }) => [name, argument(name)]).filter(([, value]) => value !== undefined);
      return [{ step: { kind, type, field, args: Object.fromEntries(given) }, isAllowed }];
    }),
  );
};

const documentOf = (role: string, { step, isAllowed }: Mutation, isTransaction = false): Asked =>
  renderWrite(
    { steps: [step], isTransaction, isDry: false, names: [] },
    seenWorld(world, viewerOf(role)),
    isAllowed ? buildSchema(roleModel(model, role)!) : OPERATOR,
  );

/** Denied ones, several to a document: each is refused for itself. */
function deniedDocuments(
  mutations: readonly Mutation[],
): { readonly fields: readonly string[]; readonly asked: Asked }[] {
  const denied = mutations.filter(({ isAllowed }) => !isAllowed).map(({ step }) => step.field);
  const chunks = Array.from({ length: Math.ceil(denied.length / FIELDS) }, (_, at) =>
    denied.slice(at * FIELDS, (at + 1) * FIELDS),
  );
  return chunks.map((fields) => {
    const lines = fields.map((field, at) => `f${at}: ${field} { __typename }`);
    return { fields, asked: { query: `mutation {\n${lines.join('\n')}\n}`, variables: {} } };
  });
}
const FIELDS = 10;

const ALL = Object.keys(ROLES).map((role) => ({ role, mutations: mutationsOf(role) }));

let worker: LabWorker;
beforeAll(async () => {
  const documents = [
    ...ENTITIES.map(({ type }) => readOf(type).query),
    ...ALL.flatMap(({ role, mutations }) => [
      ...mutations.filter(({ isAllowed }) => isAllowed).map((mutation) => documentOf(role, mutation).query),
      ...deniedDocuments(mutations).map(({ asked }) => asked.query),
    ]),
  ];
  worker = await startAccessLab(rows, 2, ownFields(), { persisted: { manifest: await manifestOf(documents) } });
});

it('has a way for each header that the product reads', () => {
  expect(Object.values(headers).sort()).toEqual(Object.keys(HEADERS).sort());
  for (const way of ['with a forged token', 'with a key, and again', 'asking for a trace'])
    expect(WAYS).toHaveProperty([way]);
});

it('has a way for each parameter of a request, in a body and in a URL', async () => {
  const url = 'http://shardql.test/graphql';
  const body = JSON.stringify({ query: '{ __typename }' });
  for (const request of [new Request(url, { method: 'POST', body }), new Request(`${url}?query={__typename}`)]) {
    expect(Object.keys(await readParams(request, request.method, body.length)).sort()).toEqual(
      Object.keys(PARAMETERS).sort(),
    );
  }
  for (const way of Object.values(PARAMETERS)) expect(WAYS).toHaveProperty([way]);
});

it('has a kind for each mutation of the schema, and a dry run of each that has one', () => {
  const known = ENTITIES.flatMap(({ type, list }) => KINDS.map((kind) => mutationOf(kind, type, list)));
  const fields = Object.values(OPERATOR.getMutationType()!.getFields());
  expect(fields.map(({ name }) => name).filter((name) => name !== 'transaction' && !known.includes(name))).toEqual([]);
  const members = Object.keys((OPERATOR.getType('OperationInput') as { getFields(): object }).getFields());
  expect(members.filter((name) => !known.includes(name))).toEqual([]);
});

describe.each(ALL)('the role $role', ({ role, mutations }) => {
  const viewer = viewerOf(role);
  const hasType = (type: string) => ROLES[role]![type] !== undefined;

  it('is given nothing by the paths of operators, whatever it asks there', async () => {
    const answers = new Set<string>();
    for (const [path, { methods }] of Object.entries(OPERATOR_ROUTES)) {
      for (const method of methods) {
        for (const table of path === '/export' || path === '/import' ? ['Doc', 'Event', 'none'] : ['']) {
          const response = await worker.fetch(`${path}${table && `?table=${table}`}`, {
            method,
            headers: asHeader(viewer),
            ...(method === 'POST' && { body: '{}' }),
          });
          const text = (await response.text()).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id');
          answers.add(`${response.status} ${text}`);
        }
      }
    }
    // One answer to all of them.
    expect([...answers]).toEqual([expect.stringMatching(/^40[13] .*(FORBIDDEN|UNAUTHENTICATED)/)]);
  });

  it('has none of the operators’ fields', async () => {
    const schema = buildOperatorSchema();
    const fields = [schema.getQueryType()!, schema.getMutationType()!].flatMap((type) => Object.keys(type.getFields()));
    expect(fields.length).toBeGreaterThan(5);
    for (const field of fields) {
      for (const kind of ['query', 'mutation']) {
        const { codes } = await WAYS.POST!(worker, viewer, {
          query: `${kind} { ${field} { __typename } }`,
          variables: {},
        });
        expect([field, kind, [...new Set(codes)]]).toEqual([field, kind, UNKNOWN]);
      }
    }
  });

  it('reads the same by every way, and nothing that it may not', async () => {
    for (const { type } of ENTITIES) {
      const asked = readOf(type);
      const direct = await WAYS.POST!(worker, viewer, asked);
      expect([type, [...new Set(direct.codes)]]).toEqual([type, hasType(type) ? [] : UNKNOWN]);
      for (const [name, way] of Object.entries(WAYS)) {
        const { data, codes } = await way(worker, viewer, asked);
        expect([type, name, data, [...new Set(codes)]]).toEqual([type, name, direct.data, [...new Set(direct.codes)]]);
      }
      const own = await WAYS.POST!(worker, viewer, {
        query: `{ ${ownField('read', type)} { nodes { __typename } } }`,
        variables: {},
      });
      expect([type, own.codes]).toEqual([type, hasType(type) ? [] : UNKNOWN]);
    }
  });

  it('writes what it may by every way', async () => {
    const asked = new Set<Kind>();
    for (const mutation of mutations.filter(({ isAllowed }) => isAllowed)) {
      const { step } = mutation;
      const own = documentOf(role, mutation);
      // Each kind by each way, and each type by those that have fields of their own.
      const isFirst = !asked.has(step.kind);
      const ways = isFirst ? WAYS : { POST: WAYS.POST! };
      asked.add(step.kind);
      for (const [name, way] of Object.entries(ways)) {
        const { codes, status } = await way(worker, viewer, own);
        const cell = [step.field, name];
        if (name.includes('GET')) expect([...cell, status]).toEqual([...cell, 405]);
        else expect([...cell, isRefused(codes)]).toEqual([...cell, false]);
      }
      for (const other of isFirst ? [...dryRunOf(step, own), documentOf(role, mutation, true)] : []) {
        const { codes } = await WAYS.POST!(worker, viewer, other);
        expect([other.query, isRefused(codes)]).toEqual([other.query, false]);
      }
      await checkOwnField(step, true);
    }
  });

  it('writes nothing else, by whichever way', async () => {
    for (const { fields, asked } of deniedDocuments(mutations)) {
      for (const [name, way] of Object.entries(WAYS)) {
        const { codes, data } = await way(worker, viewer, asked);
        const refusals = name.includes('GET') ? 1 : fields.length;
        expect([name, fields, codes.length, data ?? null]).toEqual([name, fields, refusals, null]);
        if (!name.includes('GET')) expect([name, fields, isRefused(codes)]).toEqual([name, fields, true]);
      }
      const members = fields.map((field) => `{ ${field}: {} }`).join(' ');
      const query = `mutation { transaction(operations: [${members}]) { results { affectedCount } } }`;
      const { codes } = await WAYS.POST!(worker, viewer, { query, variables: {} });
      expect([fields, isRefused(codes), codes.length >= (WRITES[role] === undefined ? 1 : fields.length)]).toEqual([
        fields,
        true,
        true,
      ]);
    }
    for (const { step, isAllowed } of mutations) if (!isAllowed) await checkOwnField(step, false);
  });

  /** The same by users' own code. */
  async function checkOwnField({ kind, type, args }: Step, isAllowed: boolean): Promise<void> {
    const field = ownField(kind, type);
    const query = `mutation ($json: String!) { ${field}(json: $json) { __typename } }`;
    const { codes } = await WAYS.POST!(worker, viewer, { query, variables: { json: JSON.stringify(args) } });
    if (kind.endsWith('Many') || kind === 'upsert' || !hasType(type))
      expect([field, [...new Set(codes)]]).toEqual([field, UNKNOWN]);
    else if (!isAllowed) expect([field, codes]).toEqual([field, ['FORBIDDEN']]);
    else expect([field, isRefused(codes)]).toEqual([field, false]);
  }
});

/** The same without effect, if there is a way to say so. */
function dryRunOf({ field }: Step, { query, variables }: Asked): Asked[] {
  const { args } = OPERATOR.getMutationType()!.getFields()[field]!;
  if (!args.some(({ name }) => name === 'dryRun')) return [];
  const declared = query.replace('mutation (', 'mutation ($dry: Boolean, ');
  return [{ query: declared.replace(`${field}(`, `${field}(dryRun: $dry, `), variables: { ...variables, dry: true } }];
}

/** The role has no such field, or no mutation at all. */
const isRefused = (codes: readonly string[]): boolean => codes.some((code) => code === UNKNOWN[0] || code === 'NONE');
