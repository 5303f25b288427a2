/** Models of 30 and of 100 tables: the whole surface works on every table and every column, from outside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toRequestLimits } from '../../src/http/graphql/request-limits.ts';
import type { ColumnModel, Model, TableModel } from '../../src/model/types.ts';
import hundred from '../models/hundred/model.ts';
import thirty from '../models/thirty/model.ts';
import { errorSummary } from '../support/graphql.ts';
import { type Server, startServer } from '../support/server.ts';
import { allColumns, DocumentBuilder, keyArguments, relatedRows } from '../support/surface/documents.ts';
import { planRows, type Row } from '../support/surface/rows.ts';
import { compareValues, valueAt } from '../support/surface/values.ts';

const { rootFields } = toRequestLimits({});

testSurface('30 tables', thirty, 'tests/models/thirty/wrangler.toml');
testSurface('100 tables', hundred, 'tests/models/hundred/wrangler.toml');

function testSurface(title: string, model: Model, config: string): void {
  const planned = planRows(model);
  const tables = [...planned.keys()].map((type) => model.table(type));
  const stored = new Map<string, Row[]>();
  const rowsOf = (type: string): readonly Row[] => stored.get(type)!;
  let server: Server;
  const ask = (document: DocumentBuilder) => server.graphql(document.text, document.variables);
  async function data(document: DocumentBuilder) {
    const answer = await ask(document);
    expect(answer.errors).toEqual([]);
    return answer.data;
  }

  /** Columns whose change would lead relations elsewhere. */
  const isPlain = (table: TableModel, { name }: ColumnModel): boolean =>
    ![...table.primaryKey.columns, ...table.foreignKeys.flatMap(({ columns }) => columns)].some(
      (column) => column.name === name,
    ) && !table.relations.some(({ from }) => from.includes(name));

  const byKey = (table: TableModel) => (a: Row, b: Row) => {
    for (const column of table.primaryKey.columns) {
      const order = compareValues(column, a[column.name], b[column.name]);
      if (order !== 0) return order;
    }
    return 0;
  };

  describe(title, () => {
    beforeAll(async () => {
      server = await startServer({ config, shards: 2 });
    });
    afterAll(() => server?.stop());

    it('creates rows, with values as given and with defaults', async () => {
      for (const table of tables) {
        const document = new DocumentBuilder('mutation');
        const inputs = planned.get(table.typeName)!.map((row, index) => {
          if (index !== 1) return row;
          // What has a default, or may be NULL, is left out.
          const omitted = table.columns.filter(
            (column) =>
              isPlain(table, column) && (column.hasSqlDefault || column.defaultFn !== null || !column.notNull),
          );
          return Object.fromEntries(
            Object.entries(row).filter(([name]) => !omitted.some((column) => column.name === name)),
          );
        });
        for (const [index, input] of inputs.entries()) {
          const value = document.variable(`${table.typeName}CreateInput!`, input);
          document.field(`c${index}`, `create${table.typeName}(data: ${value}) { ${allColumns(table)} }`);
        }
        const created = Object.values(await data(document)) as Row[];
        for (const [index, input] of inputs.entries()) {
          expect(created[index]).toMatchObject(input);
          for (const { name, notNull, hasSqlDefault } of table.columns) {
            if (name in input) continue;
            if (notNull || hasSqlDefault) expect(created[index]![name]).not.toBeNull();
            else expect(created[index]![name]).toBeNull();
          }
        }
        stored.set(table.typeName, created);
      }
    });

    it('reads rows by each of their keys, by node and by nodes', async () => {
      for (const table of tables) {
        const document = new DocumentBuilder('query');
        const rows = rowsOf(table.typeName);
        const expected: unknown[] = [];
        for (const row of rows) {
          for (const key of [table.primaryKey, ...table.uniqueKeys]) {
            if (key.columns.some(({ name }) => row[name] === null)) continue;
            const field = `${table.single}(${keyArguments(document, table, key, row)}) { ${allColumns(table)} }`;
            document.field(`r${expected.push(row)}`, field);
          }
          const id = document.variable('ID!', row.nodeId);
          const fragment = `... on ${table.typeName} { ${allColumns(table)} }`;
          document.field(`r${expected.push(row)}`, `node(nodeId: ${id}) { ${fragment} }`);
        }
        const ids = document.variable('[ID!]!', rows.map(({ nodeId }) => nodeId).toReversed());
        document.field(
          `r${expected.push(rows.toReversed().map(({ nodeId }) => ({ nodeId, __typename: table.typeName })))}`,
          `nodes(nodeIds: ${ids}) { __typename nodeId }`,
        );
        expect(Object.values(await data(document))).toEqual(expected);
      }
    });

    it('lists, orders by each column in both directions, and pages', async () => {
      for (const table of tables) {
        const list = (args: string) => `${table.list}(${args}) { totalCount nodes { nodeId } pageInfo { endCursor } }`;
        const orders = table.columns
          .filter(({ scalar }) => scalar !== 'JSON')
          .flatMap((column) => (['ASC', 'DESC'] as const).map((direction) => ({ column, direction })));
        const [whole, start] = [new DocumentBuilder('query'), new DocumentBuilder('query')];
        for (const [index, { column, direction }] of orders.entries()) {
          whole.field(`o${index}`, list(`orderBy: [{ ${column.name}: ${direction} }]`));
          start.field(`o${index}`, list(`first: 1, orderBy: [{ ${column.name}: ${direction} }]`));
        }
        const [pages, starts] = [await data(whole), await data(start)];
        const rest = new DocumentBuilder('query');
        for (const [index, { column, direction }] of orders.entries()) {
          const after = rest.variable('String', starts[`o${index}`].pageInfo.endCursor);
          rest.field(`o${index}`, list(`after: ${after}, orderBy: [{ ${column.name}: ${direction} }]`));
        }
        const rests = await data(rest);
        for (const [index, { column, direction }] of orders.entries()) {
          const sign = direction === 'ASC' ? 1 : -1;
          const expected = [...rowsOf(table.typeName)]
            .sort((a, b) => sign * compareValues(column, a[column.name], b[column.name]) || byKey(table)(a, b))
            .map(({ nodeId }) => ({ nodeId }));
          const at = `${table.typeName} by ${column.name} ${direction}`;
          expect(pages[`o${index}`].totalCount, at).toBe(expected.length);
          expect(pages[`o${index}`].nodes, at).toEqual(expected);
          expect([...starts[`o${index}`].nodes, ...rests[`o${index}`].nodes], at).toEqual(expected);
        }
      }
    });

    it('filters by each column', async () => {
      for (const table of tables) {
        const rows = rowsOf(table.typeName);
        const asked: { readonly document: DocumentBuilder; readonly expected: unknown[] }[] = [];
        const filter = (where: object, keep: (row: Row) => boolean) => {
          if ((asked.at(-1)?.expected.length ?? rootFields) === rootFields) {
            asked.push({ document: new DocumentBuilder('query'), expected: [] });
          }
          const { document, expected } = asked.at(-1)!;
          const value = document.variable(`${table.typeName}Where`, where);
          document.field(`f${expected.length}`, `${table.list}(where: ${value}) { nodes { nodeId } }`);
          expected.push({
            nodes: rows
              .filter(keep)
              .sort(byKey(table))
              .map(({ nodeId }) => ({ nodeId })),
          });
        };
        for (const column of table.columns) {
          const { name } = column;
          filter({ [name]: { isNull: true } }, (row) => row[name] === null);
          if (column.scalar === 'JSON') continue;
          const value = rows.findLast((row) => row[name] !== null)![name];
          filter({ [name]: { eq: value } }, (row) => row[name] === value);
          filter({ [name]: { ne: value } }, (row) => row[name] !== null && row[name] !== value);
          filter({ NOT: { [name]: { in: [value] } } }, (row) => row[name] !== null && row[name] !== value);
          if (column.scalar === 'Boolean' || column.scalar === 'Enum') continue;
          const isAtMost = (row: Row) => row[name] !== null && compareValues(column, row[name], value) <= 0;
          filter({ [name]: { lte: value } }, isAtMost);
        }
        for (const { document, expected } of asked) {
          expect(Object.values(await data(document)), table.typeName).toEqual(expected);
        }
      }
    });

    it('follows every relation', async () => {
      for (const table of tables.filter(({ relations }) => relations.length > 0)) {
        const selection = table.relations.map(({ name, kind }) =>
          kind === 'one' ? `${name} { nodeId }` : `${name} { totalCount nodes { nodeId } }`,
        );
        const document = new DocumentBuilder('query');
        document.field('list', `${table.list} { nodes { nodeId ${selection.join(' ')} } }`);
        const { nodes } = (await data(document)).list;
        expect(nodes).toHaveLength(rowsOf(table.typeName).length);
        for (const node of nodes) {
          const row = rowsOf(table.typeName).find(({ nodeId }) => nodeId === node.nodeId)!;
          for (const relation of table.relations) {
            const target = model.table(relation.targetType);
            const related = relatedRows(relation, row, rowsOf).sort(byKey(target));
            const expected = related.map(({ nodeId }) => ({ nodeId }));
            expect(node[relation.name], `${table.typeName}.${relation.name}`).toEqual(
              relation.kind === 'one' ? (expected[0] ?? null) : { totalCount: expected.length, nodes: expected },
            );
          }
        }
      }
    });

    it('updates every column, once per version', async () => {
      for (const table of tables) {
        const columns = table.columns.filter((column) => !column.generated && isPlain(table, column));
        if (columns.length === 0) continue;
        const row = rowsOf(table.typeName).at(-1)!;
        const changes = Object.fromEntries(columns.map((column) => [column.name, valueAt(column, 100)]));
        const document = new DocumentBuilder('mutation');
        const change = document.variable(`${table.typeName}UpdateInput`, changes);
        const version = document.variable('Version', row.version);
        for (const alias of ['first', 'second']) {
          const key = keyArguments(document, table, table.primaryKey, row);
          const args = `${key}, data: ${change}, expectedVersion: ${version}`;
          document.field(alias, `update${table.typeName}(${args}) { ${allColumns(table)} }`);
        }
        const answer = await ask(document);
        expect(errorSummary(answer)).toEqual(['second CONFLICT']);
        expect(answer.data.first).toMatchObject({ ...changes, nodeId: row.nodeId });
        expect(BigInt(answer.data.first.version)).toBeGreaterThan(BigInt(row.version as string));
        Object.assign(row, answer.data.first);
      }
    });

    it('refuses a row that is there', async () => {
      const document = new DocumentBuilder('mutation');
      for (const table of tables) {
        const input = document.variable(`${table.typeName}CreateInput!`, planned.get(table.typeName)!.at(-1));
        document.field(table.single, `create${table.typeName}(data: ${input}) { nodeId }`);
      }
      expect(errorSummary(await ask(document))).toEqual(tables.map(({ single }) => `${single} UNIQUE_VIOLATION`));
    });

    it('deletes every row, and gives it as it was', async () => {
      for (const table of tables.toReversed()) {
        const document = new DocumentBuilder('mutation');
        // Of rows that refer to rows of their own table, the later ones do.
        const rows = rowsOf(table.typeName).toReversed();
        for (const [index, row] of rows.entries()) {
          const version = document.variable('Version', row.version);
          const args = `${keyArguments(document, table, table.primaryKey, row)}, expectedVersion: ${version}`;
          document.field(`d${index}`, `delete${table.typeName}(${args}) { ${allColumns(table)} }`);
        }
        expect(Object.values(await data(document))).toEqual(rows);
      }
      const document = new DocumentBuilder('query');
      for (const { list } of tables) document.field(list, `${list} { totalCount }`);
      for (const list of Object.values(await data(document))) expect(list).toEqual({ totalCount: 0 });
    });
  });
}
