import { type DefinitionNode, type GraphQLSchema, Kind, parse, print, printSchema } from 'graphql';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import { entityKeys } from '../../model/entity-keys.ts';
import type { Model } from '../../model/types.ts';

/** The directives that are used. */
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

/** Types and root fields that only the router asks for. */
const OF_ROUTER: ReadonlySet<string> = new Set(['_Any', '_Entity', '_Service', '_entities', '_service']);

/** Types that tables share, and so do all APIs that ShardQL makes. */
const SHAREABLE = ['PageInfo'];

/**
 * The SDL that a supergraph is composed of: the schema, less what only the router asks for, with the keys of its types.
 *
 * @param model of the schema: a role's has the keys that the role may see.
 */
export const subgraphSdl = memoizeByObject((schema: GraphQLSchema, model: Model): string => {
  const { definitions } = parse(printSchema(schema), { noLocation: true });
  const own = definitions.filter((definition) => !isOfRouter(definition)).map(withoutOthers);
  const keys = model.tables.map(
    (table) =>
      `extend type ${table.typeName} ${entityKeys(model, table)
        .map(({ fields }) => `@key(fields: ${JSON.stringify(fields.join(' '))})`)
        .join(' ')}`,
  );
  const shareable = SHAREABLE.map((name) => `extend type ${name} @shareable`);
  return `${[LINK, ...own.map(print), ...keys, ...shareable].join('\n\n')}\n`;
});

const isOfRouter = (definition: DefinitionNode): boolean =>
  'name' in definition && definition.name !== undefined && OF_ROUTER.has(definition.name.value);

const withoutOthers = (definition: DefinitionNode): DefinitionNode =>
  definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === 'Query'
    ? { ...definition, fields: definition.fields!.filter(({ name }) => !OF_ROUTER.has(name.value)) }
    : definition;
