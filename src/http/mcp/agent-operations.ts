import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import { roleOf } from '../../plans/field-role.ts';
import type { PersistedManifest } from '../graphql/persisted-documents.ts';

/** A persisted operation, as agents call it. */
export interface AgentOperation {
  /** Of the tool. */
  readonly name: string;
  readonly description: string;
  /** The document, and the name of the operation in it. */
  readonly body: string;
  readonly operationName: string;
  readonly definition: OperationDefinitionNode;
  readonly isMutation: boolean;
  /** A mutation that runs users' own code: what that does cannot be tried. */
  readonly runsOwnCode: boolean;
}

/** Names that clients take. */
const TOOL_NAME = /^\w{1,64}$/;

/** Tools that every API has. */
export const DESCRIBE = 'describe';
export const EXPLAIN = 'explain';

/** The operations of the manifest that a schema can run, by the name of their tool, in the order of the manifest. Those without a name have none. */
export const agentOperations = memoizeByObject(
  (schema: GraphQLSchema, { operations }: PersistedManifest): ReadonlyMap<string, AgentOperation> => {
    const byName = new Map<string, AgentOperation>();
    for (const { id, body } of operations) {
      const document = parsed(body);
      if (document === null || validate(schema, document, specifiedRules).length > 0) continue;
      for (const definition of document.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION || definition.name === undefined) continue;
        // A role that may write nothing: validation has nothing to hold a mutation to.
        if (schema.getRootType(definition.operation) === undefined) continue;
        const operationName = definition.name.value;
        const isTaken = operationName === DESCRIBE || operationName === EXPLAIN || byName.has(operationName);
        const name = isTaken ? `${operationName}_${id.replace(/\W/g, '').slice(-8)}` : operationName;
        if (!TOOL_NAME.test(name) || byName.has(name)) continue;
        const isMutation = definition.operation === OperationTypeNode.MUTATION;
        byName.set(name, {
          ...{ name, body, operationName, definition, isMutation },
          description: descriptionOf(definition, schema),
          runsOwnCode: isMutation && rootFields(definition, schema).some((field) => roleOf(field)?.kind === 'user'),
        });
      }
    }
    return byName;
  },
);

function parsed(body: string): DocumentNode | null {
  try {
    return parse(body);
  } catch {
    return null;
  }
}

/** The operation's own, or those of what it asks for. */
function descriptionOf(definition: OperationDefinitionNode, schema: GraphQLSchema): string {
  const own = definition.description?.value;
  if (own) return own;
  return rootFields(definition, schema)
    .map(({ name, description }) => (description ? `${name}: ${description}` : name))
    .join('\n');
}

function rootFields(definition: OperationDefinitionNode, schema: GraphQLSchema) {
  const fields = schema.getRootType(definition.operation)!.getFields();
  return definition.selectionSet.selections.flatMap((selection) => {
    // Fragments at the root are rare, and of whatever is in them nothing is known: as users' code.
    const field = selection.kind === Kind.FIELD ? fields[selection.name.value] : UNKNOWN;
    return field ?? [];
  });
}

const UNKNOWN = { name: 'several fields', description: null, extensions: { shardql: { kind: 'user' } } } as const;
