/** Reading what no writer of this model could have stored: put there past the API, as an older model would have. */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../models/values/model.ts';
import { execInShards, inShards } from '../support/values-shards.ts';
import { Cluster, VALUES } from './support/cluster.ts';
import { summary } from './support/run.ts';

const cluster = new Cluster({ model, schema: buildSchema(model) }, VALUES);
const createNote = (data: object) =>
  cluster.data('mutation ($data: NoteCreateInput!) { createNote(data: $data) { id } }', { data });

/** Column, its name in SQL, the stored value as SQL, and how the error shows it. */
const MISFITS: readonly (readonly [column: string, sql: string, shown: string])[] = [
  ['kind', "'gone'", '"gone"'],
  ['title', "x'ff'", 'the bytes ff'],
  ['flag', '5', '5'],
  ['count', "'soon'", '"soon"'],
  ['count', '9007199254740993', '9007199254740993'],
  ['count', '1.5', '1.5'],
  ['seconds', "'soon'", '"soon"'],
  ['milliseconds', '99999999999999999', '99999999999999999'],
  ['at', "'soon'", '"soon"'],
  ['at', "'2026-01-01'", '"2026-01-01"'],
  ['ratio', "'x'", '"x"'],
  ['ratio', '9e999', '9.0e+999'],
  ['price', "'x'", '"x"'],
  ['price', '100000000000000001', '100000000000000001'],
  ['price', '1234567890123456', '1234567890123456'],
  ['wide', "'soon'", '"soon"'],
  ['wide', '1e20', '1.0e+20'],
  ['bytes', "'text'", '"text"'],
  ['bigBlob', "x'736f6f6e'", 'the bytes 736f6f6e'],
  ['json', "'{broken'", '"{broken"'],
  ['json', "'1e999'", '"1e999"'],
  ['jsonBlob', "x'7b'", 'the bytes 7b'],
];

const sqlName = (column: string) => column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const FIELDS = [...new Set(MISFITS.map(([column]) => column))];

beforeAll(async () => {
  for (const [at] of MISFITS.entries()) {
    for (const id of [`${at}`, `${at} fits`])
      await createNote({ ownerId: `owner ${at}`, id, parentId: `${at}`, count: 1 });
  }
  for (const [at, [column, sql]] of MISFITS.entries()) {
    await execInShards(`UPDATE notes SET ${sqlName(column)} = ${sql} WHERE id = ?`, `${at}`);
  }
});

describe.each(MISFITS.map((misfit, at) => [...misfit, at] as const))(
  'a stored value of %s that is %s',
  (column, _, shown, at) => {
    const owner = `owner ${at}`;
    const expectMisfit = (error: { extensions: object; message: string } | undefined) => {
      expect(error?.message).toContain(`Expected Note.${column} to hold `);
      expect(error?.message).toContain(`but got ${shown} in the row { ownerId: "${owner}", id: "${at}" }`);
      expect(error?.extensions).toMatchObject({
        code: 'INVALID_VALUE',
        table: 'Note',
        field: column,
        key: { ownerId: owner, id: `${at}` },
      });
    };

    it('is an error of that field, in that row, alone', async () => {
      const all = FIELDS.join(' ');
      const query = `query ($owner: ID!) { notes(shardKey: $owner) { nodes { id ${all} } edges { cursor node { ${column} } } totalCount } }`;
      const { data, errors } = await cluster.run(query, { owner });
      expect(summary(errors)).toEqual([
        `notes.nodes.0.${column} INVALID_VALUE`,
        `notes.edges.0.node.${column} INVALID_VALUE`,
      ]);
      for (const error of errors) expectMisfit(error);
      expect(data.notes.nodes.map(({ id }: { id: string }) => id)).toEqual([`${at}`, `${at} fits`]);
      expect(data.notes.nodes[0]).toMatchObject({ [column]: null });
      expect(data.notes.nodes[1]).toMatchObject({ count: 1 });
    });

    it('is one wherever the row is read: by key, by relations, without a shard key, after a write', async () => {
      const one = `note(by: { id: "${at}" }, shardKey: $owner) { ${column} parent { ${column} } children { nodes { id ${column} } } }`;
      const list = `notes(where: { ownerId: { in: [$owner, "x"] } }) { nodes { ${column} } }`;
      const { errors } = await cluster.run(`query ($owner: ID!) { ${one} ${list} }`, { owner });
      const paths = ['note', 'note.parent', 'note.children.nodes.0', 'notes.nodes.0'];
      expect(summary(errors).sort()).toEqual(paths.map((path) => `${path}.${column} INVALID_VALUE`).sort());
      for (const error of errors) expectMisfit(error);
      const update = `mutation ($owner: ID!) { updateNote(by: { id: "${at}" }, shardKey: $owner, data: { email: "x" }) { email ${column} } }`;
      const written = await cluster.run(update, { owner });
      expect(written.data.updateNote).toEqual({ email: 'x', [column]: null });
      expectMisfit(written.errors[0]);
    });

    it('has its place in orders and cursors', async () => {
      if (column.startsWith('json')) return;
      const page = async (args: string) => {
        const query = `query ($owner: ID!) { notes(shardKey: $owner, orderBy: [{ ${column}: ASC }], ${args}) { nodes { id } pageInfo { endCursor startCursor } } }`;
        return (await cluster.data(query, { owner })).notes;
      };
      const walk: string[] = [];
      for (let after: string | null = null; ; ) {
        const { nodes, pageInfo }: { nodes: { id: string }[]; pageInfo: { endCursor: string } } = await page(
          `first: 1${after === null ? '' : `, after: "${after}"`}`,
        );
        if (nodes.length === 0) break;
        walk.push(nodes[0]!.id);
        after = pageInfo.endCursor;
        expect(walk.length).toBeLessThan(4);
      }
      expect(walk).toEqual((await page('first: 9')).nodes.map(({ id }: { id: string }) => id));
      expect([...walk].sort()).toEqual([`${at}`, `${at} fits`]);
      const { pageInfo } = await page('first: 9');
      const { nodes } = await page(`last: 1, before: "${pageInfo.endCursor}"`);
      expect(nodes).toEqual([{ id: walk[0] }]);
      const whole = await cluster.data(
        `query ($owners: [ID!]) { notes(where: { ownerId: { in: $owners } }, orderBy: [{ ${column}: DESC }]) { edges { cursor node { id } } } }`,
        { owners: [owner, 'owner 0', 'owner 3', 'x'] },
      );
      expect(new Set(whole.notes.edges.map((edge: { cursor: string }) => edge.cursor)).size).toBe(
        whole.notes.edges.length,
      );
    });

    it('is typed in aggregates and groups', async () => {
      if (column.startsWith('json')) return;
      const isNumber = ['count', 'ratio', 'price', 'wide', 'bigBlob'].includes(column);
      const isMoment = ['seconds', 'milliseconds', 'at'].includes(column);
      const field = column.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
      const parts = [
        `aggregate { count min { ${column} } max { ${column} } ${isNumber ? `sum { ${column} } avg { ${column} }` : ''} countDistinct { ${column} } }`,
        `groupBy(by: [{ field: ${field} }]) { keys { ${column} } count }`,
        ...(isMoment ? [`days: groupBy(by: [{ field: ${field}, trunc: DAY }]) { keys { ${column} } count }`] : []),
        ...(isMoment
          ? [
              `local: groupBy(by: [{ field: ${field}, trunc: HOUR, timeZone: "Europe/Vienna" }]) { keys { ${column} } count }`,
            ]
          : []),
      ];
      const select = `totalCount ${parts.join(' ')}`;
      const query = `query ($owner: ID!, $owners: [ID!]) {
      one: notes(shardKey: $owner) { ${select} } many: notes(where: { ownerId: { in: $owners } }) { ${select} } }`;
      const { data, errors } = await cluster.run(query, { owner, owners: [owner, 'x'] });
      expect(data.one.totalCount).toBe(2);
      expect(data.one.groupBy.reduce((sum: number, group: { count: number }) => sum + group.count, 0)).toBe(2);
      const found = summary(errors).map((line) => line.replace(/\.\d+/g, ''));
      // An integer that 32 bits do not hold adds up all the same, as does one of more digits than a decimal has.
      const addsUp = shown === '9007199254740993' || shown === '9.0e+999';
      for (const list of ['one', 'many']) {
        expect(found).toContain(`${list}.groupBy.keys.${column} INVALID_VALUE`);
        if (isMoment) {
          expect(found).toContain(`${list}.days.keys.${column} INVALID_VALUE`);
          expect(found).toContain(`${list}.local.keys.${column} INVALID_VALUE`);
        }
        if (isNumber && !addsUp) expect(found).toContain(`${list}.aggregate.sum.${column} INVALID_VALUE`);
      }
      expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(
        new Set(
          shown === '9.0e+999' || shown === '9007199254740993'
            ? ['INVALID_VALUE', 'VALUE_TOO_LARGE']
            : ['INVALID_VALUE'],
        ),
      );
    });

    it('is never an internal error in filters', async () => {
      const operators: Record<string, string> = {
        kind: 'eq: A',
        flag: 'eq: false',
        title: 'ilike: "_", contains: "a", icontains: "A", like: "_a%"',
        at: 'gt: "2020-01-01"',
        seconds: 'gt: "2020-01-01"',
        milliseconds: 'lt: "2020-01-01"',
        bytes: 'eq: "AA=="',
        json: 'path: "a", eq: 1',
        jsonBlob: 'path: "a", eq: 1',
      };
      const query = `query ($owner: ID!) { notes(shardKey: $owner, where: { ${column}: { ${operators[column] ?? 'gt: 0'} } }) { totalCount } }`;
      expect((await cluster.run(query, { owner })).errors).toEqual([]);
    });
  },
);

describe('a stored value of a column that is NOT NULL', () => {
  it('takes the list with it, as GraphQL has it, and names the row', async () => {
    await createNote({ ownerId: 'not null', id: '1' });
    await execInShards("UPDATE notes SET status = 'archived' WHERE owner_id = 'not null'");
    const query =
      '{ notes(shardKey: "not null") { nodes { id status } } other: notes(shardKey: "not null") { nodes { id } } }';
    const { data, errors } = await cluster.run(query);
    expect(data).toEqual({ notes: null, other: { nodes: [{ id: '1' }] } });
    expect(summary(errors)).toEqual(['notes.nodes.0.status INVALID_VALUE']);
    expect(errors[0]!.message).toContain(
      'Expected Note.status to hold one of open, done, but got "archived" in the row',
    );
    const mend = 'mutation { updateNote(by: { id: "1" }, shardKey: "not null", data: { status: DONE }) { status } }';
    expect(await cluster.data(mend)).toEqual({ updateNote: { status: 'DONE' } });
  });
});

describe('a relation by a stored value that does not fit', () => {
  it('is an error of the relation', async () => {
    await createNote({ ownerId: 'related', id: '1' });
    await execInShards("UPDATE notes SET parent_id = x'31' WHERE owner_id = 'related'");
    const { data, errors } = await cluster.run(
      '{ note(by: { id: "1" }, shardKey: "related") { id parentId parent { id } } }',
    );
    expect(data.note).toEqual({ id: '1', parentId: null, parent: null });
    expect(summary(errors)).toEqual(['note.parentId INVALID_VALUE', 'note.parent INVALID_VALUE']);
  });
});

describe('a generated column that fails when it is read', () => {
  it('is an error of that field alone', async () => {
    const create =
      'mutation ($id: ID!, $body: String) { createTrial(data: { ownerId: "g", id: $id, body: $body }) { id } }';
    for (const id of ['1', '2', '3']) await cluster.data(create, { id, body: '{"tag":"fine"}' });
    // As if the column had been added later: SQLite works out what is stored, and the rest when it is read.
    await execInShards('PRAGMA ignore_check_constraints = 1');
    await inShards((sql) => {
      const rows = sql.exec("SELECT 1 FROM trials WHERE owner_id = 'g'").toArray();
      if (rows.length === 0) return;
      sql.exec('DROP INDEX trials_word');
      sql.exec('CREATE TABLE old AS SELECT owner_id, id, body, _version FROM trials');
      sql.exec("UPDATE old SET body = '{broken' WHERE id = '2'");
      sql.exec('DROP TABLE trials');
      sql.exec(
        'CREATE TABLE trials (owner_id text NOT NULL, id text NOT NULL, body text, number integer, starts text, pattern text, word text, tag text, _version integer DEFAULT 0 NOT NULL, PRIMARY KEY (owner_id, id))',
      );
      sql.exec(
        "INSERT INTO trials (owner_id, id, body, tag, _version) SELECT owner_id, id, body, 'stored', _version FROM old",
      );
      sql.exec(
        "ALTER TABLE trials ADD COLUMN virtual_tag text GENERATED ALWAYS AS (json_extract(body, '$.tag')) VIRTUAL",
      );
    });
    const list = (where: string) => `trials(shardKey: "g"${where}) { nodes { id virtualTag tag } totalCount }`;
    const { data, errors } = await cluster.run(
      `{ all: ${list('')} found: ${list(', where: { virtualTag: { eq: "fine" } }')} }`,
    );
    expect(data.all.nodes).toEqual([
      { id: '1', virtualTag: 'fine', tag: 'stored' },
      { id: '2', virtualTag: null, tag: 'stored' },
      { id: '3', virtualTag: 'fine', tag: 'stored' },
    ]);
    expect(summary(errors).sort()).toEqual(['all.nodes.1.virtualTag INVALID_VALUE', 'found INVALID_VALUE']);
    expect(errors.find(({ path }) => path?.[0] === 'all')!.message).toContain('in the row { ownerId: "g", id: "2" }');
    const one = await cluster.run('{ trial(by: { id: "2" }, shardKey: "g") { id virtualTag } }');
    expect(one.data.trial).toEqual({ id: '2', virtualTag: null });
    expect(summary(one.errors)).toEqual(['trial.virtualTag INVALID_VALUE']);
  });
});
