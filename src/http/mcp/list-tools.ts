import type { GraphQLSchema } from 'graphql';
import { type AgentOperation, DESCRIBE, descriptionOf, EXPLAIN } from './agent-operations.ts';
import { MAX_ANSWER_BYTES } from './answer-part.ts';
import { CONFIRMATION_ARGUMENT, CURSOR_ARGUMENT, inputSchemaOf, type JsonSchema } from './input-schema.ts';
import { RpcError } from './json-rpc.ts';

/** As `tools/list` shows it. */
interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly annotations: {
    readonly readOnlyHint: boolean;
    readonly destructiveHint?: boolean;
    readonly openWorldHint: boolean;
  };
}

export interface OfferedTools {
  readonly schema: GraphQLSchema;
  /** All of the manifest, by name. */
  readonly operations: ReadonlyMap<string, AgentOperation>;
  /** Whether the caller may run one of them. */
  readonly offers: (operation: AgentOperation) => boolean;
  readonly offersExplain: boolean;
}

const READS = { readOnlyHint: true, openWorldHint: false } as const;
const WRITES = { readOnlyHint: false, destructiveHint: true, openWorldHint: false } as const;

const CURSOR = { type: 'string', description: 'Of an answer that was longer than one part: gives the next part.' };
const CONFIRMATION = {
  type: 'string',
  description: 'Of the trial of this call with the same arguments. Without it, nothing is written: the call is tried.',
};

/** One page of the tools, within {@link MAX_ANSWER_BYTES}. It may be short where many operations are not for the caller: looking at each takes time. */
export function listTools(
  offered: OfferedTools,
  cursor: unknown,
): { readonly tools: readonly Tool[]; readonly nextCursor?: string } {
  const names = [DESCRIBE, EXPLAIN, ...offered.operations.keys()];
  // The name that was looked at last: pages stay right if operations come or go.
  const from = cursor === undefined ? 0 : names.indexOf(String(cursor)) + 1;
  if (cursor !== undefined && from === 0)
    throw new RpcError('PARAMS', 'Expected a cursor of tools/list, but got another text.');
  const tools: Tool[] = [];
  let bytes = 0;
  for (let at = from; at < names.length; at++) {
    const tool = toolOf(offered, names[at]!);
    bytes += tool === null ? 0 : new TextEncoder().encode(JSON.stringify(tool)).length;
    const isFull = bytes > MAX_ANSWER_BYTES || at - from >= MAX_LOOKED_AT;
    if (isFull && at > from) return { tools, nextCursor: names[at - 1]! };
    if (tool !== null) tools.push(tool);
  }
  return { tools };
}

const MAX_LOOKED_AT = 200;

function toolOf({ schema, operations, offers, offersExplain }: OfferedTools, name: string): Tool | null {
  if (name === DESCRIBE) return DESCRIBE_TOOL;
  if (name === EXPLAIN) return offersExplain ? EXPLAIN_TOOL : null;
  const operation = operations.get(name)!;
  return offers(operation) ? operationTool(operation, schema) : null;
}

function operationTool(operation: AgentOperation, schema: GraphQLSchema): Tool {
  const { name, definition, isMutation } = operation;
  const description = descriptionOf(operation, schema).slice(0, MAX_DESCRIPTION);
  const others: Readonly<Record<string, JsonSchema>> = isMutation
    ? { [CONFIRMATION_ARGUMENT]: CONFIRMATION }
    : { [CURSOR_ARGUMENT]: CURSOR };
  const toolWith = (levels: number): Tool => ({
    ...{ name, description, annotations: isMutation ? WRITES : READS },
    inputSchema: inputSchemaOf(schema, definition, others, levels),
  });
  // Filters of wide tables are described when an agent asks for them.
  return [2, 1].map(toolWith).find((tool) => JSON.stringify(tool).length <= MAX_TOOL_LENGTH) ?? toolWith(0);
}

const MAX_DESCRIPTION = 2_000;
const MAX_TOOL_LENGTH = 6_000;

const OPERATION = { type: 'string', description: 'Name of a tool.' };

const DESCRIBE_TOOL: Tool = {
  name: DESCRIBE,
  description: 'The GraphQL document of a tool, and the types of its arguments; or one of these types, by its name.',
  inputSchema: {
    type: 'object',
    properties: {
      operation: OPERATION,
      type: { type: 'string', description: 'One of the types of its arguments.' },
      [CURSOR_ARGUMENT]: CURSOR,
    },
    required: ['operation'],
    additionalProperties: false,
  },
  annotations: READS,
};

const EXPLAIN_TOOL: Tool = {
  name: EXPLAIN,
  description: 'How a tool would be run with these arguments: shards, plans, SQL. Nothing is run.',
  inputSchema: {
    type: 'object',
    properties: {
      operation: OPERATION,
      arguments: { type: 'object', description: 'Those of the tool.' },
      [CURSOR_ARGUMENT]: CURSOR,
    },
    required: ['operation'],
    additionalProperties: false,
  },
  annotations: READS,
};
