import { beforeAll, describe, expect, it } from 'vitest';
import { MISFITS_HEADER, NEXT_HEADER } from '../../../src/http/core/headers.ts';
import { execInShards } from '../../support/values-shards.ts';
import { graphql, valuesWorker } from '../support.ts';

const send = valuesWorker();

type Cells = Record<string, unknown>;

/** Column in SQL, stored value as SQL, the cell that comes out, and one that goes in. */
const MISFITS: readonly (readonly [column: string, sql: string, cell: unknown, mended: unknown])[] = [
  ['status', "'archived'", 'archived', 'done'],
  ['kind', "'gone'", 'gone', 'a'],
  ['title', "x'ff'", '/w==', 'ÿ'],
  ['title', "x'6869'", 'hi', 'hi'],
  ['flag', '5', 5, true],
  ['count', "'soon'", 'soon', 1],
  ['count', '9007199254740993', '9007199254740993', 1],
  ['count', '1.5', 1.5, 2],
  ['seconds', "'soon'", 'soon', '2026-01-01T00:00:00.000Z'],
  ['milliseconds', '99999999999999999', '99999999999999999', '2026-01-01T00:00:00.000Z'],
  ['at', "'2026-01-01'", '2026-01-01', '2026-01-01T00:00:00.000Z'],
  ['ratio', '9e999', '9.0e+999', 9.5],
  ['price', '100000000000000001', '100000000000000001', '1.5'],
  ['wide', "'soon'", 'soon', '1'],
  ['bytes', "'text'", 'text', 'AA=='],
  ['big_blob', "x'736f6f6e'", 'soon', '1'],
  ['json', "'{broken'", '{broken', { whole: true }],
  ['json_blob', "x'7b'", '{', { whole: true }],
  ['id', "x'00ff'", 'AP8=', 'mended'],
  ['id', "x'01'", '\u0001', 'mended too'],
];

/** All rows of a table, so many at once, with the number of misfits that were told. */
async function exported(limit: number): Promise<{ rows: Cells[]; misfits: number }> {
  const rows: Cells[] = [];
  let misfits = 0;
  for (let after = ''; ; ) {
    const page = await send(`/export?table=notes&limit=${limit}${after && `&after=${after}`}`);
    expect(page.status).toBe(200);
    misfits += Number(page.headers.get(MISFITS_HEADER) ?? 0);
    rows.push(
      ...new TextDecoder()
        .decode(await page.arrayBuffer())
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    );
    const next = page.headers.get(NEXT_HEADER);
    if (next === null) return { rows, misfits };
    after = next;
    expect(rows.length).toBeLessThan(100);
  }
}

const importRows = async (rows: readonly Cells[]) => {
  const body = rows.map((row) => JSON.stringify(row)).join('\n');
  return (await send('/import?table=notes', { method: 'POST', body })).json<{
    inserted: number;
    updated: number;
    failures: { line: number; field: string }[];
  }>();
};

beforeAll(async () => {
  for (const [at, [column, sql]] of MISFITS.entries()) {
    const owner = `owner ${at % 3}`;
    const query = `mutation { createNote(data: { ownerId: "${owner}", id: "${at}" }) { id } }`;
    expect(await (await send('/graphql', graphql(query))).json()).toMatchObject({ data: { createNote: {} } });
    await execInShards(`UPDATE notes SET ${column} = ${sql} WHERE id = ?`, `${at}`);
  }
});

describe('GET /export of values that do not fit their columns', () => {
  it.each([1, 3, 1000])(
    'gives every row once, each value as it is stored, and counts them, %i rows at once',
    async (limit) => {
      const { rows, misfits } = await exported(limit);
      expect(rows).toHaveLength(MISFITS.length);
      expect(misfits).toBe(MISFITS.length);
      for (const [at, [column, , cell]] of MISFITS.entries()) {
        const row = column === 'id' ? rows.find(({ id }) => id === cell) : rows.find(({ id }) => id === `${at}`);
        expect(row).toMatchObject({ owner_id: `owner ${at % 3}`, [column]: cell });
      }
    },
  );

  it('gives rows that are taken again once they are mended', async () => {
    const { rows } = await exported(100);
    const refused = await importRows(rows);
    expect(refused.failures.length).toBeGreaterThan(10);
    const mended = rows.map((row) => {
      const at = MISFITS.findIndex(([column, , cell], index) =>
        column === 'id' ? cell === row.id : `${index}` === row.id,
      );
      const [column, , , value] = MISFITS[at]!;
      return { ...row, [column]: value };
    });
    expect(await importRows(mended)).toMatchObject({ failures: [] });
    await execInShards("DELETE FROM notes WHERE typeof(id) = 'blob'");
    expect((await exported(100)).misfits).toBe(0);
  });
});
