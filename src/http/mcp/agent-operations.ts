import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { getOrInsert } from '../../lib/get-or-insert.ts';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import { roleOf } from '../../plans/field-role.ts';
import type { PersistedManifest } from '../graphql/persisted-documents.ts';
import { CONFIRMATION_ARGUMENT, CURSOR_ARGUMENT } from './input-schema.ts';

/** A persisted operation, as agents call it. */
export interface AgentOperation {
  /** Of the tool. */
  readonly name: string;
  /** The text of the document, and which of its operations it is. */
  readonly body: string;
  readonly operationName: string;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly isMutation: boolean;
}

/** Names that clients take. */
const TOOL_NAME = /^\w{1,64}$/;

/** Tools that every API has. */
export const DESCRIBE = 'describe';
export const EXPLAIN = 'explain';

/** Arguments of tools: an operation with such a variable could not be told it. */
const ARGUMENTS: readonly string[] = [CURSOR_ARGUMENT, CONFIRMATION_ARGUMENT];

/**
 * The operations of a manifest by the name of their tool, in its order. Names are the same for every caller, so a client that always allows a
 * tool has allowed one operation. Operations without a name are none.
 */
export const agentOperations = memoizeByObject(
  ({ operations }: PersistedManifest): ReadonlyMap<string, AgentOperation> => {
    const byName = new Map<string, AgentOperation>();
    for (const { id, body } of operations) {
      const document = parsed(body);
      for (const definition of document?.definitions ?? []) {
        if (definition.kind !== Kind.OPERATION_DEFINITION || definition.name === undefined) continue;
        if (definition.variableDefinitions?.some(({ variable }) => ARGUMENTS.includes(variable.name.value))) continue;
        const operationName = definition.name.value;
        const isTaken = operationName === DESCRIBE || operationName === EXPLAIN || byName.has(operationName);
        const name = isTaken ? `${operationName}_${id.replace(/\W/g, '').slice(-8)}` : operationName;
        if (!TOOL_NAME.test(name) || byName.has(name)) continue;
        const isMutation = definition.operation === OperationTypeNode.MUTATION;
        byName.set(name, { name, body, operationName, document: document!, definition, isMutation });
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

/** Worked out for the operations that are asked for: a manifest may have thousands, and each role a schema. */
const offeredBySchema = memoizeByObject((_: GraphQLSchema) => new Map<AgentOperation, boolean>());

/**
 * Whether those whom a schema is for may run the operation, and it can be a tool: of mutations, those that write by one generated field. What
 * users' code does cannot be undone, and fields of one operation that build on each other cannot be tried one by one.
 */
export const isOffered = (schema: GraphQLSchema, operation: AgentOperation): boolean =>
  getOrInsert(offeredBySchema(schema), operation, () => isTool(schema, operation));

function isTool(schema: GraphQLSchema, { document, definition, isMutation }: AgentOperation): boolean {
  const root = schema.getRootType(definition.operation);
  // A role that may write nothing: validation has nothing to hold a mutation to.
  if (root == null || validate(schema, document, specifiedRules).length > 0) return false;
  if (!isMutation) return true;
  const [selection, ...others] = definition.selectionSet.selections;
  if (selection?.kind !== Kind.FIELD || others.length > 0) return false;
  const role = roleOf(root.getFields()[selection.name.value]);
  return role?.kind === 'write' || role?.kind === 'bulkWrite' || role?.kind === 'transaction';
}

/** The operation's own, or those of what it asks for. */
export function descriptionOf({ definition }: AgentOperation, schema: GraphQLSchema): string {
  const own = definition.description?.value;
  if (own) return own;
  const fields = schema.getRootType(definition.operation)!.getFields();
  return definition.selectionSet.selections
    .flatMap((selection) => (selection.kind === Kind.FIELD ? (fields[selection.name.value] ?? []) : []))
    .map(({ name, description, type }) => `${name}: ${description ?? getNamedType(type).name}`)
    .join('\n');
}
