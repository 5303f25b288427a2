/** Full-text search by a role that may not see all of the columns that the index has. */
import { beforeAll, describe, expect, it } from 'vitest';
import { deployedWorker, type Headers, OPERATOR, post, signed } from './attacks/reads/attack-lab.ts';

const doc = (id: string, title: string, body: string) => ({
  ...{ spaceId: 's1', id, ownerId: 'p1', parentId: null, state: 'PUBLISHED', title, body, secret: '', slug: id },
  ...{ serial: Number(id.slice(1)), amount: '1', size: '1', score: 1, bytes: null, meta: {}, isOpen: true },
  ...{ createdAt: '2026-01-02T03:04:05.000Z', deletedAt: null },
});

const ROWS = {
  Space: [{ id: 's1', name: 'one', plan: 'PRO', budget: 1 }],
  Person: [{ id: 'p1', name: 'Ada', email: 'ada@example.com', rank: 1, leftAt: null }],
  Doc: [
    doc('d1', 'garden tools', 'a spade'),
    doc('d2', 'kitchen', 'tools for the garden'),
    doc('d3', 'garden', 'a kitchen garden, and what grows in a garden'),
  ],
};

describe('a search by a role that does not see a column of the index', () => {
  const send = deployedWorker();
  let auditor: Headers;
  let admin: Headers;

  beforeAll(async () => {
    for (const [table, rows] of Object.entries(ROWS)) {
      const body = rows.map((row) => JSON.stringify(row)).join('\n');
      await (await send(`/import?table=${table}`, { method: 'POST', body, headers: OPERATOR })).text();
    }
    [auditor, admin] = [await signed({ role: 'auditor' }), await signed({ role: 'admin' })];
  });

  const ask = async (query: string, headers: Headers) =>
    // biome-ignore lint/suspicious/noExplicitAny: of any query.
    (await (await post(send, { query }, headers)).json<any>()) as any;

  const idsOf = async (search: string, headers: Headers): Promise<string[]> => {
    const { data } = await ask(`{ docs(search: ${JSON.stringify(search)}, first: 10) { nodes { id } } }`, headers);
    return data.docs.nodes.map(({ id }: { id: string }) => id);
  };

  it.each([
    ['garden', ['d1', 'd3'], ['d1', 'd2', 'd3']],
    ['tools', ['d1'], ['d1', 'd2']],
    ['spade', [], ['d1']],
    ['garden tools', ['d1'], ['d1', 'd2']],
    ['"the garden"', [], ['d2']],
    ['gard*', ['d1', 'd3'], ['d1', 'd2', 'd3']],
    ['spade OR kitchen', ['d2'], ['d1', 'd2', 'd3']],
    // What is hidden does not exclude a row either.
    ['garden -kitchen', ['d1', 'd3'], ['d1']],
  ])('finds rows by the columns that it sees: %s', async (search, seen, all) => {
    expect(await idsOf(search, auditor)).toEqual(seen);
    expect((await idsOf(search, admin)).sort()).toEqual(all);
  });

  it('has no ranks, which would tell how long hidden texts are, and marks what it sees alone', async () => {
    const edges = '{ edges { node { id } highlights { column text } } }';
    const { data } = await ask(`{ docs(search: "garden") ${edges} }`, auditor);
    expect(data.docs.edges).toEqual([
      { node: { id: 'd1' }, highlights: [{ column: 'title', text: '<mark>garden</mark> tools' }] },
      { node: { id: 'd3' }, highlights: [{ column: 'title', text: '<mark>garden</mark>' }] },
    ]);
    const { errors } = await ask('{ docs(search: "garden") { edges { rank } } }', auditor);
    expect(errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await ask('{ docs(search: "garden") { edges { rank } } }', admin)).data.docs.edges).toHaveLength(3);
  });
});
