/** A plan says of each field of a row whether SQLite could print what it shows. */
import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { isPrintable } from '../../src/model/wire-kinds.ts';
import { FULL_ACCESS } from '../../src/plans/access/access-rules.ts';
import { PlanCache } from '../../src/plans/plan-cache.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import { defineExtensions } from '../../src/schema/extend/define-extensions.ts';
import shop from '../../src/schema/model.ts';
import model from '../models/all-types/model.ts';

const outputsOf = (api: Parameters<typeof buildSchema>, query: string) => {
  const operation = getOperationAST(parse(query))!;
  const running = { schema: buildSchema(...api), operation, fragments: {}, variableValues: {} };
  const { plan } = new PlanCache(api[0]).plan(running, FULL_ACCESS);
  const [field] = [...plan.fields.values()];
  if (field?.kind !== 'list') throw new Error('Expected a list.');
  const { fields } = field.read.plan.views.get('nodes')!;
  return Object.fromEntries(fields.map((shown) => [shown.key, 'output' in shown ? shown.output : shown.kind]));
};

describe('outputs', () => {
  it.each(model.tables.map((table) => ({ type: table.typeName, table })))(
    'of columns of $type follow their kinds',
    ({ table }) => {
      const selected = table.columns.map(({ name }) => name);
      const outputs = outputsOf([model], `{ ${table.list} { nodes { version ${selected.join(' ')} } } }`);
      const expected = table.columns.map((column) => [column.name, isPrintable(column) ? 'text' : 'cells']);
      expect(outputs).toEqual({ version: 'version', ...Object.fromEntries(expected) });
    },
  );

  it('of users’ own fields and of parts of JSON values are the resolvers’', () => {
    const extensions = defineExtensions(shop, ({ computed }) => {
      computed('Customer', 'shout', { type: 'String', needs: ['name'], resolve: ({ name }) => name });
    });
    const query = '{ customers { nodes { id: nodeId name shout all: attributes part: attributes(path: "a") } } }';
    expect(outputsOf([shop, extensions], query)).toEqual({
      id: 'text',
      name: 'text',
      shout: 'resolver',
      all: 'text',
      part: 'resolver',
    });
  });
});
