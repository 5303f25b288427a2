/**
 * Attempts to read what access rules hide: by every way of naming rows, columns and types, and through caches, cursors
 * and documents of others. What is hidden has to look like what is not there.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CONSISTENCY_MODES } from '../../../src/model/types.ts';
import { failureOf } from '../support.ts';
import { deployedWorker, type Headers, loadRows, OPERATOR, post, signed, textOf } from './reads/attack-lab.ts';
import { ATTACKER, HIDDEN } from './reads/hidden-rows.ts';
import { COLUMNS, LISTS, type Probe, RELATIONS, ROWS_BY_KEY, TYPES } from './reads/probes.ts';

describe('attempts to read what is hidden', () => {
  const send = deployedWorker();
  let attacker: Headers;
  let admin: Headers;

  const ask = (query: string, headers: Headers = attacker) => textOf(post(send, { query }, headers));

  beforeAll(async () => {
    await loadRows(send);
    [attacker, admin] = [await signed(ATTACKER), await signed({ role: 'admin' })];
  });

  it('are made by a member who sees the rows of its own, and on rows that others see', async () => {
    const mine = await ask('{ docs { totalCount nodes { id title } } notes { nodes { id } } tags { nodes { id } } }');
    for (const id of ['d1', 'd3', 'n1', 'n3', 't1']) expect(mine).toContain(`"${id}"`);
    expect(mine).toContain('"totalCount":2');
    for (const [name, query, hidden] of [...ROWS_BY_KEY, ...COLUMNS]) {
      // Some name nothing that is there.
      if (/deleted row$|of another tenant, in the own shard/.test(name)) continue;
      expect([name, await ask(query.replaceAll('<?>', hidden), admin)]).toEqual([
        name,
        expect.not.stringMatching(/"data":\{"\w+":null\}|"errors"/),
      ]);
    }
  });

  it.each<readonly [string, readonly Probe[], number]>([
    ['rows by their keys', ROWS_BY_KEY, 16],
    ['lists', LISTS, 15],
    ['relations', RELATIONS, 14],
    ['columns', COLUMNS, 18],
    ['types', TYPES, 9],
  ])('are counted: %s', (_, probes, count) => {
    expect(probes.length).toBe(count);
    expect(new Set(probes.map(([name]) => name)).size).toBe(count);
  });

  describe.each([
    ['rows by their keys', ROWS_BY_KEY],
    ['lists', LISTS],
    ['relations', RELATIONS],
    ['columns', COLUMNS],
    ['types', TYPES],
  ] as const)('%s look as if they were not there', (_, probes) => {
    it.each(probes)('%s', async (_name, query, hidden, absent) => {
      const got = await ask(query.replaceAll('<?>', hidden));
      const expected = await ask(query.replaceAll('<?>', absent));
      expect(got.replaceAll(hidden, '$')).toBe(expected.replaceAll(absent, '$'));
      expect(got.replaceAll(hidden, '$')).not.toContain(HIDDEN);
    });
  });

  it.each(CONSISTENCY_MODES)('from what a cache holds for others are vain, %s', async (mode) => {
    const queries = [
      `query @consistency(mode: ${mode}) { doc(by: { id: "d2" }, shardKey: "s1") { title body } }`,
      `query @consistency(mode: ${mode}) { docs(shardKey: "s1") { nodes { id title } } }`,
      `query @consistency(mode: ${mode}) { docs(shardKey: "s2", first: 3) { totalCount nodes { title } } }`,
      `query @consistency(mode: ${mode}) { notes(shardKey: "s1") { aggregate { max { stars } } nodes { text doc { title } } } }`,
    ];
    const fresh = deployedWorker();
    for (const query of queries) {
      const before = await textOf(post(fresh, { query }, attacker));
      for (const headers of [OPERATOR, admin]) expect(await textOf(post(fresh, { query }, headers))).toContain(HIDDEN);
      const after = await textOf(post(fresh, { query }, attacker));
      expect(after).toBe(before);
      expect(after).not.toContain(HIDDEN);
      // In the other direction nothing is lost.
      expect(await textOf(post(fresh, { query }, OPERATOR))).toContain(HIDDEN);
    }
  });

  it('with the session token of someone who saw it are vain', async () => {
    const query = '{ docs { nodes { id title } } }';
    const seen = (await post(send, { query }, admin)).headers.get('x-shardql-token')!;
    for (const mode of CONSISTENCY_MODES) {
      const headers = { ...attacker, 'x-shardql-token': seen };
      const response = await post(send, { query: `query @consistency(mode: ${mode}) ${query}` }, headers);
      // It may be refused; it is not to be believed.
      const got = await response.text();
      expect(got).not.toContain(HIDDEN);
    }
  });

  it('with cursors of someone who saw it are vain', async () => {
    const page = (after: string) => `{ docs(first: 10${after}) { edges { cursor node { title } } } }`;
    const response = await post(send, { query: page('') }, admin);
    const { data } = await response.json<{ data: { docs: { edges: { cursor: string }[] } } }>();
    expect(data.docs.edges.length).toBeGreaterThan(3);
    for (const { cursor } of data.docs.edges) {
      const got = await ask(page(`, after: "${cursor}"`));
      expect(got).toContain('"data"');
      expect(got).not.toContain(HIDDEN);
    }
    const ordered = await post(
      send,
      { query: '{ docs(orderBy: [{ secret: ASC }]) { pageInfo { endCursor } } }' },
      admin,
    );
    const { endCursor } = (await ordered.json<{ data: { docs: { pageInfo: { endCursor: string } } } }>()).data.docs
      .pageInfo;
    const got = await ask(page(`, after: "${endCursor}"`));
    expect(got).toContain('BAD_USER_INPUT');
    expect(got).not.toContain('secret');
  });

  it('with documents of others are refused like unknown columns', async () => {
    expect(await textOf(post(send, { documentId: 'sha256:members' }, attacker))).toContain('"mine"');
    expect(await textOf(post(send, { documentId: 'sha256:admins' }, admin))).toContain(HIDDEN);
    for (const method of ['POST', 'GET']) {
      const response =
        method === 'POST'
          ? await post(send, { documentId: 'sha256:admins' }, attacker)
          : await send('/graphql?documentId=sha256:admins', { headers: attacker });
      const got = await response.text();
      expect(got).toContain('GRAPHQL_VALIDATION_FAILED');
      expect(got).not.toContain(HIDDEN);
    }
  });

  it('by GET are as vain as by POST', async () => {
    const asked = (query: string) => textOf(send(`/graphql?query=${encodeURIComponent(query)}`, { headers: attacker }));
    for (const [, query, hidden, absent] of [...LISTS, ...ROWS_BY_KEY]) {
      const got = (await asked(query.replaceAll('<?>', hidden))).replaceAll(hidden, '$');
      expect(got).toBe((await asked(query.replaceAll('<?>', absent))).replaceAll(absent, '$'));
    }
  });

  it.each(['/export?table=Doc', '/import?table=Doc', '/schema', '/metrics', '/status', '/migrations'])(
    'at an operator’s path are refused: %s',
    async (path) => {
      for (const headers of [attacker, admin]) {
        const response = await send(path, { headers });
        expect(await failureOf(response)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      }
      expect(await failureOf(await send(path))).toMatchObject({ status: 401 });
    },
  );

  it.each([
    ['an explanation', { query: '{ docs { nodes { id } } }', extensions: { explain: true } }, {}],
    ['a trace', { query: '{ docs { nodes { id } } }' }, { 'x-shardql-trace': '1' }],
  ] as const)('by %s show no plan', async (_, body, headers) => {
    const got = await (await post(send, body, { ...attacker, ...headers })).text();
    for (const word of ['statements', 'queryPlan', 'rowsRead', 'SELECT', 'owner_id', 'personId']) {
      expect(got).not.toContain(word);
    }
  });

  it('with names in a wrong spelling get no hint of what is hidden', async () => {
    const open = deployedWorker({ introspection: true });
    for (const wrong of [
      'secre',
      'secrets',
      'seria',
      'serials',
      'deletedA',
      'event',
      'evnts',
      'Events',
      'budge',
      'emai',
      'ran',
    ]) {
      for (const query of [
        `{ docs { nodes { ${wrong} } } }`,
        `{ ${wrong} { id } }`,
        `{ docs(where: { ${wrong}: {} }) { totalCount } }`,
        `{ people { nodes { ${wrong} } } }`,
        `{ spaces { nodes { ${wrong} } } }`,
        `{ docs(orderBy: [{ ${wrong}: ASC }]) { totalCount } }`,
        `{ docs { nodes { ... on ${wrong} { id } } } }`,
        `query ($x: ${wrong}) { docs { totalCount } }`,
      ]) {
        const got = await textOf(post(open, { query }, attacker));
        const said = got.replaceAll(wrong, '$');
        expect(said).not.toMatch(/secret|serial|deletedAt|[eE]vent|budget|email|rank/);
      }
    }
  });

  it('by introspection, where it is on, find the role’s own schema', async () => {
    const open = deployedWorker({ introspection: true });
    const query =
      '{ __schema { types { name description fields { name description args { name description } } inputFields { name description } enumValues { name } } directives { name } } }';
    const shown = (headers: Headers) => textOf(post(open, { query }, headers));
    const schema = await shown(attacker);
    expect(schema).not.toMatch(/\b(secret|SECRET|serial|SERIAL|budget|BUDGET|email|EMAIL|Event\w*|events)\b/);
    expect(await shown(admin)).toMatch(/\bsecret\b/);
    // Off, unless it is on.
    expect(await ask(query)).toContain('"errors"');
  });

  it('without a credential find what everyone may see', async () => {
    const got = await ask('{ docs { nodes { spaceId id title } } spaces { nodes { id name } } }', {});
    expect(got).toContain('"id":"d3"');
    expect(got).not.toContain(HIDDEN);
    expect(got).not.toContain('"d1"');
    expect(await ask('{ people { nodes { id } } }', {})).toContain('GRAPHQL_VALIDATION_FAILED');
  });
});
