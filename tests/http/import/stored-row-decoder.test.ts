import { describe, expect, it } from 'vitest';
import { StoredRowDecoder } from '../../../src/http/import/stored-row-decoder.ts';
import shop from '../../../src/schema/model.ts';

const table = shop.table('Product');
const COLUMNS = ['tenant_id', 'id', 'price_cents', 'name'];
const decode = (...cells: readonly unknown[]) => new StoredRowDecoder(table, COLUMNS).decode(JSON.stringify(cells));

describe('a row of a backup', () => {
  it('has its cells in the order of the columns', () => {
    const { columns, row, key } = decode('t', 'p', ['i', '9007199254740991'], 'nul\0');
    expect(columns).toEqual(['tenantId', 'id', 'priceCents', 'name']);
    expect(row.cells).toEqual(['t', 'p', 9007199254740991, 'nul\0']);
    expect(key).toContain('p');
  });

  it.each([
    ['{', /Expected a JSON array of 4 stored values/],
    ['{"tenant_id":"t"}', /Expected a JSON array of 4 stored values/],
    ['["t","p",["i","1"]]', /Expected a JSON array of 4 stored values/],
    ['["t","p",1,"n"]', /Expected stored values of Product, but got JSON of another form/],
    ['["t","p",["i","1e3"],"n"]', /but got JSON of another form/],
    ['["t","p",["b","*"],"n"]', /but got JSON of another form/],
    ['[null,"p",["i","1"],"n"]', /but got a stored null that does not fit the column/],
    ['["t",null,["i","1"],"n"]', /but got a stored null that does not fit the column/],
  ])('is refused alone: %s', (text, message) => {
    expect(() => new StoredRowDecoder(table, COLUMNS).decode(text)).toThrow(message);
  });

  it.each([
    [['tenant_id', 'id', 'none'], /Expected stored values of Product, but got "none"/],
    [['tenant_id', 'id', 'id'], /but got a column twice/],
    [['tenant_id', 'name'], /but got none of the key column "id"/],
    [['id', 'name'], /but got none of the key column "tenant_id"/],
    [[], /but got none of the key column/],
  ])('has no columns such as %j', (columns, message) => {
    expect(() => new StoredRowDecoder(table, columns)).toThrow(message);
  });
});
