/** Numbers in variables and imports are taken with the digits they are written in, or refused: never rounded. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { valuesWorker } from '../support.ts';

const send = valuesWorker();

/** `number` stands in the JSON as it is written. */
async function ask(
  query: string,
  variables: string,
): Promise<{ data: Record<string, unknown> | null; code: string | null; message: string | null }> {
  const body = `{"query": ${JSON.stringify(query)}, "variables": ${variables}}`;
  const response = await send('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { data = null, errors } = await response.json<{
    data?: Record<string, unknown>;
    errors?: { message: string; extensions: { code: string } }[];
  }>();
  return { data, code: errors?.[0]?.extensions.code ?? null, message: errors?.[0]?.message ?? null };
}

const update = (data: string) =>
  ask(
    'mutation ($data: NoteUpdateInput) { updateNote(by: { id: "1" }, shardKey: "exact", data: $data) { price wide count ratio json } }',
    `{"data": ${data}}`,
  );

beforeAll(async () => {
  const created = await ask('mutation { createNote(data: { ownerId: "exact", id: "1" }) { id } }', '{}');
  expect(created.code).toBeNull();
});

describe('a number of more digits than a double keeps', () => {
  it.each([
    '0.10000000000000000001',
    '1000000.00000000001',
    '1.00000000000000000',
    '100000000000000000001',
    '1e-400',
    '1e400',
    '123456789012345678e-5',
  ])('is refused as a Decimal, or kept, as its text is: %s', async (number) => {
    const [asNumber, asText] = [await update(`{"price": ${number}}`), await update(`{"price": "${number}"}`)];
    expect(asNumber).toEqual(asText);
    expect(asNumber.code).toBe(number === '1.00000000000000000' ? null : 'BAD_USER_INPUT');
  });

  it.each(['9050000e9', '9.050000E+9', '9007199.2e9'])(
    'is a Decimal as its text is, with an exponent of one digit: %s',
    async (number) => {
      const [asNumber, asText] = [await update(`{"price": ${number}}`), await update(`{"price": "${number}"}`)];
      expect(asNumber).toEqual(asText);
    },
  );

  it('is a BigInt with all of them', async () => {
    const { data } = await update('{"wide": 9223372036854775807}');
    expect(data).toMatchObject({ updateNote: { wide: '9223372036854775807' } });
    expect((await update('{"wide": 9223372036854775808}')).code).toBe('BAD_USER_INPUT');
    expect((await update('{"wide": 1.00000000000000000001}')).code).toBe('BAD_USER_INPUT');
    const filter = 'query ($where: NoteWhere) { notes(shardKey: "exact", where: $where) { totalCount } }';
    const count = async (wide: string) => (await ask(filter, `{"where": {"wide": {"in": [1, ${wide}]}}}`)).data;
    expect(await count('9223372036854775807')).toEqual({ notes: { totalCount: 1 } });
    expect(await count('9223372036854775806')).toEqual({ notes: { totalCount: 0 } });
  });

  it('is no Int, and another ID', async () => {
    expect((await update('{"count": 1.00000000000000000001}')).code).toBe('BAD_USER_INPUT');
    const create = 'mutation ($id: ID!) { createNote(data: { ownerId: "exact", id: $id }) { id } }';
    expect((await ask(create, '{"id": 9007199254740993}')).data).toEqual({ createNote: { id: '9007199254740993' } });
    const url = `/graphql?query=${encodeURIComponent('query ($id: ID!) { note(by: { id: $id }, shardKey: "exact") { id } }')}`;
    const read = async (id: string) => (await send(`${url}&variables=${encodeURIComponent(`{"id": ${id}}`)}`)).json();
    expect(await read('9007199254740993')).toMatchObject({ data: { note: { id: '9007199254740993' } } });
    expect(await read('9007199254740992')).toMatchObject({ data: { note: null } });
  });

  it('is the nearest double as a Float, and in JSON', async () => {
    const { data } = await update('{"ratio": 0.10000000000000000001, "json": {"a": [0.10000000000000000001]}}');
    expect(data).toMatchObject({ updateNote: { ratio: 0.1, json: { a: [0.1] } } });
    expect((await update('{"ratio": 1e400}')).code).toBe('BAD_USER_INPUT');
  });

  it('is no value of an import', async () => {
    const rows = ['"price": 0.10000000000000000001', '"price": 1000000.00000000001', '"count": 1.00000000000000000001'];
    const lines = [...rows, '"wide": 9223372036854775807', '"price": 1.500'].map(
      (cell, at) => `{"owner_id": "exact", "id": "row ${at}", ${cell}}`,
    );
    const report = await (await send('/import?table=notes', { method: 'POST', body: lines.join('\n') })).json();
    expect(report).toMatchObject({ inserted: 2, failures: [{ line: 1 }, { line: 2 }, { line: 3 }] });
  });
});

const runs = propertyRuns(25);
const digits = fc
  .array(fc.constantFrom('0', '0', '1', '5', '9'), { minLength: 1, maxLength: 20 })
  .map((each) => each.join(''));

it(`a Decimal is the same as a number in a variable, as a literal and as text (${describeRuns(runs)})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      digits,
      fc.option(digits),
      fc.option(fc.integer({ min: -30, max: 30 })),
      async (whole, part, exponent) => {
        const number = `${whole.replace(/^0+(?=\d)/, '')}${part === null ? '' : `.${part}`}${exponent === null ? '' : `e${exponent}`}`;
        const mutation = (value: string) =>
          `mutation { updateNote(by: { id: "1" }, shardKey: "exact", data: { price: ${value} }) { price } }`;
        const [variable, text] = [await update(`{"price": ${number}}`), await update(`{"price": "${number}"}`)];
        const literal = await ask(mutation(number), '{}');
        const told = ({ code, data }: Awaited<ReturnType<typeof ask>>) => [
          code,
          (data?.updateNote as { price: string } | null | undefined)?.price,
        ];
        // Messages show a number as JavaScript writes it, where it is exactly that.
        expect(told(variable)).toEqual(told(text));
        expect(told(literal)).toEqual(told(text));
      },
    ),
    runs,
  );
});
