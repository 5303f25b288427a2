/** Random nested writes do what plain JavaScript says they mean, or fail and change nothing. */
import { describe, expect, it } from 'vitest';
import model from '../../models/workshop.ts';
import { createLabWorker } from '../../support/lab-worker.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { createRandom } from '../../support/random.ts';
import { type RandomWrite, RandomWrites } from '../../support/workshop/arbitrary-writes.ts';
import { isAbsurd, Oracle, type Row } from '../../support/workshop/oracle.ts';
import { SHAPES, TYPES, type Type } from '../../support/workshop/relations.ts';

const RUNS = propertyRuns(150);
/** Writes of one team: more would only be more rows. */
const WRITES_PER_TEAM = 50;

const worker = createLabWorker(model, 1);
const listOf = (type: Type): string => model.table(type).list;

/** All columns but those that say nothing here. */
const columnsOf = (type: Type): string[] =>
  model
    .table(type)
    .columns.map(({ name }) => name)
    .filter((name) => !['teamId', 'countryCode'].includes(name));

const DUMP = `query ($team: ID!, $first: Int = 100) { ${TYPES.map((type) => `${listOf(type)}(first: $first, shardKey: $team) { totalCount nodes { ${columnsOf(type).join(' ')} } }`).join(' ')} }`;

async function storedRows(team: string): Promise<Record<string, string[]>> {
  const { data, errors } = await worker.graphql(DUMP, { team });
  expect(errors).toEqual([]);
  return Object.fromEntries(TYPES.map((type) => [type, linesOf(type, data[listOf(type)].nodes)]));
}

/** Links have ids that nobody chose. */
const linesOf = (type: Type, rows: readonly Row[]): string[] => {
  const columns = columnsOf(type).filter((name) => name !== 'id' || Object.keys(SHAPES[type].columns).length > 0);
  return rows.map((row) => columns.map((name) => `${name}=${row[name]}`).join(' ')).sort();
};

async function send(team: string, { field, type, by, data }: RandomWrite): Promise<string | null> {
  const { typeName } = model.table(type);
  const inputs = { create: 'CreateInput!', update: 'UpdateInput', delete: '' };
  const variables = [
    ...(by ? ['$team: ID', `$by: ${typeName}Key!`] : []),
    ...(data ? [`$data: ${typeName}${inputs[field]}`] : []),
  ];
  const args = [...(by ? ['by: $by', 'shardKey: $team'] : []), ...(data ? ['data: $data'] : [])];
  const query = `mutation (${variables}) { done: ${field}${typeName}(${args}) { id } }`;
  const given = field === 'create' ? { ...data, teamId: team } : data;
  const { errors } = await worker.graphql(query, { team, by, data: given });
  const [error] = errors;
  if (error === undefined) return null;
  expect(error.extensions?.code, error.message).not.toBe('INTERNAL_SERVER_ERROR');
  return error.extensions!.code as string;
}

describe('random nested writes', () => {
  it(`are what they mean to an oracle, all or nothing: ${describeRuns(RUNS)}`, async () => {
    const random = createRandom(RUNS.seed);
    let done = 0;
    for (let run = 0; run < RUNS.numRuns; run += WRITES_PER_TEAM) {
      const team = `team-${run}`;
      await worker.graphql('mutation ($id: ID!) { createTeam(data: { id: $id, name: "T" }) { id } }', { id: team });
      const oracle = new Oracle();
      const writes = new RandomWrites(random, oracle);
      for (let index = run; index < Math.min(run + WRITES_PER_TEAM, RUNS.numRuns); index++) {
        const write = writes.next();
        const expected = expectedOf(oracle, write);
        const got = await send(team, write);
        const text = `${index}: ${JSON.stringify(write)}`;
        expect(got === null, `${text} ${got}, but expected ${expected}`).toBe(expected === null);
        if (got === null) done++;
        const stored = await storedRows(team);
        for (const type of TYPES) expect(stored[type], text).toEqual(linesOf(type, oracle.rows(type)));
      }
    }
    expect(done / RUNS.numRuns).toBeGreaterThan(0.4);
  });
});

function expectedOf(oracle: Oracle, { field, type, by, data }: RandomWrite): string | null {
  if (data && isAbsurd(type, data)) return 'BAD_USER_INPUT';
  return oracle.attempt(() => {
    if (field === 'create') oracle.create(type, data);
    else if (field === 'update') oracle.update(type, oracle.need(type, by), data);
    else oracle.delete(type, oracle.need(type, by));
  });
}
