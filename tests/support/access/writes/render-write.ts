/** Prints writes as GraphQL, all arguments as variables, and all that they show selected. */
import { type GraphQLSchema, isObjectType } from 'graphql';
import type { World } from '../../queries/world.ts';
import type { Step, Write } from './write.ts';

export interface WriteRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** @param seen what the caller sees: its columns are selected. @param schema that of the caller. */
export function renderWrite({ steps, isTransaction }: Write, seen: World, schema: GraphQLSchema): WriteRequest {
  const mutation = schema.getMutationType()!;
  if (isTransaction) {
    const types = [...new Set(steps.map(({ type }) => type))];
    const fragments = types.map((type) => `... on ${type} { ${columnsOf(seen, type, `${type}_`)} }`).join(' ');
    return {
      query: `mutation ($operations: [OperationInput!]!) { it: transaction(operations: $operations) { results { affectedCount node { __typename nodeId } nodes { __typename nodeId ${fragments} } } } }`,
      variables: { operations: steps.map(({ field, args }) => ({ [field]: args })) },
    };
  }
  const [step] = steps as [Step];
  const { args, type } = mutation.getFields()[step.field]!;
  const given = args.filter(({ name }) => step.args[name] !== undefined);
  const declared = given.map((one) => `$${one.name}: ${one.type}`).join(', ');
  const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
  const rows = `{ __typename nodeId ${columnsOf(seen, step.type)} }`;
  const isOfRow = isObjectType(type) && type.name === step.type;
  const shown = isOfRow
    ? rows
    : `{ affectedCount nodes ${rows} results { index outcome code message } shards { affectedCount code } }`;
  return { query: `mutation (${declared}) { it: ${step.field}(${passed}) ${shown} }`, variables: step.args };
}

const columnsOf = ({ entities }: World, type: string, prefix = ''): string =>
  (entities.find((entity) => entity.type === type)?.columns ?? [])
    .map(({ name }) => (prefix === '' ? name : `${prefix}${name}: ${name}`))
    .join(' ');
