/**
 * Rows of a list are one level deeper than newcomers expect, and what is told of the list stands beside them. Where a
 * document asks for something at the wrong level of a list, graphql's error gets a hint: where it would be right.
 */
import {
  type ASTNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  isRequiredArgument,
  Kind,
  type NamedTypeNode,
  OperationTypeNode,
  typeFromAST,
  visit,
} from 'graphql';

/** A type whose fields are selected, and the field that led to it; null at the root of an operation or fragment. */
interface Level {
  readonly type: GraphQLNamedType | null;
  readonly field: string | null;
}

/** What stands at the wrong place. */
interface Misplaced {
  /** Of the field; null for a fragment. */
  readonly name: string | null;
  /** As it would be written elsewhere. */
  readonly text: string;
  /** True if it may stand among the fields of the type. */
  fits(type: GraphQLObjectType): boolean;
}

/** graphql's messages about what stands where it cannot: a field, an argument of a field, a fragment. */
const MISPLACED = /^Cannot query field |^Unknown argument "\w+" on field | cannot be spread here /;

/** The errors of a document's validation, with a hint where there is one. */
export function withHints(
  schema: GraphQLSchema,
  document: DocumentNode,
  errors: readonly GraphQLError[],
): readonly GraphQLError[] {
  const placed = errors.filter(({ message }) => MISPLACED.test(message));
  if (placed.length === 0) return errors;
  const nodes = new Set(placed.map((error) => error.nodes?.[0]));
  const hintByNode = new Map<ASTNode | undefined, string | null>();
  visit(document, {
    enter(node, _key, _parent, _path, ancestors) {
      if (nodes.has(node)) hintByNode.set(node, hintOf(schema, document, node, ancestors.filter(isNode)));
    },
  });
  return errors.map((error) => withHint(error, hintByNode.get(error.nodes?.[0])));
}

/** Lists of nodes are ancestors too. */
const isNode = (ancestor: ASTNode | readonly ASTNode[]): ancestor is ASTNode => 'kind' in ancestor;

function withHint(error: GraphQLError, hint: string | null | undefined): GraphQLError {
  if (!hint) return error;
  const conjunction = error.message.includes('Did you mean') ? 'Or' : 'Did you mean';
  return new GraphQLError(`${error.message} ${conjunction} "${hint}"?`, error);
}

function hintOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  node: ASTNode,
  ancestors: readonly ASTNode[],
): string | null {
  const levels = levelsAt(schema, ancestors);
  if (node.kind === Kind.ARGUMENT) return argumentHint(schema, levels, node.name.value);
  const misplaced = misplacedOf(schema, document, node);
  return misplaced && selectionHint(schema, levels, misplaced);
}

/** The types on the way to a node, outermost first. */
function levelsAt(schema: GraphQLSchema, ancestors: readonly ASTNode[]): Level[] {
  const levels: Level[] = [];
  for (const node of ancestors) {
    const type = typeBelow(schema, node, levels.at(-1)?.type ?? null);
    if (type !== undefined) levels.push({ type, field: node.kind === Kind.FIELD ? node.name.value : null });
  }
  return levels;
}

/** Null for what the schema does not know, undefined for what has no type of its own. */
function typeBelow(
  schema: GraphQLSchema,
  node: ASTNode,
  around: GraphQLNamedType | null,
): GraphQLNamedType | null | undefined {
  switch (node.kind) {
    case Kind.OPERATION_DEFINITION:
      return schema.getRootType(node.operation) ?? null;
    case Kind.FRAGMENT_DEFINITION:
      return conditionOf(schema, node.typeCondition);
    case Kind.INLINE_FRAGMENT:
      return node.typeCondition && conditionOf(schema, node.typeCondition);
    case Kind.FIELD: {
      const field = around && 'getFields' in around ? around.getFields()[node.name.value] : undefined;
      return field ? getNamedType(field.type as GraphQLField<unknown, unknown>['type']) : null;
    }
    default:
      return undefined;
  }
}

const conditionOf = (schema: GraphQLSchema, condition: NamedTypeNode): GraphQLNamedType | null =>
  typeFromAST(schema, condition) ?? null;

function misplacedOf(schema: GraphQLSchema, document: DocumentNode, node: ASTNode): Misplaced | null {
  switch (node.kind) {
    case Kind.FIELD: {
      const name = node.name.value;
      return { name, text: node.selectionSet ? `${name} { … }` : name, fits: (type) => name in type.getFields() };
    }
    case Kind.FRAGMENT_SPREAD: {
      const name = node.name.value;
      const condition = document.definitions.find(
        (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
      );
      return condition?.kind === Kind.FRAGMENT_DEFINITION
        ? fragmentOn(schema, condition.typeCondition, `...${name}`)
        : null;
    }
    case Kind.INLINE_FRAGMENT:
      return node.typeCondition
        ? fragmentOn(schema, node.typeCondition, `... on ${node.typeCondition.name.value} { … }`)
        : null;
    default:
      return null;
  }
}

function fragmentOn(schema: GraphQLSchema, condition: NamedTypeNode, text: string): Misplaced {
  const expected = typeFromAST(schema, condition);
  return { name: null, text, fits: (type) => type === expected };
}

/** Where it would be right: below its place if possible, else around it, up to the field that gives the list. */
function selectionHint(schema: GraphQLSchema, levels: readonly Level[], misplaced: Misplaced): string | null {
  for (const { type, field } of placesAround(schema, levels)) {
    const path = pathBelow(schema, type, misplaced);
    if (path) return nested(field === null ? path : [field, ...path], misplaced.text);
  }
  const field = levels.at(-1)?.field;
  return field && PAGE_PARTS.has(misplaced.name) ? nested([field], '…') : null;
}

/** Of one row, asked for as if it were a list: its fields are selected directly. */
const PAGE_PARTS: ReadonlySet<string | null> = new Set(['nodes', 'edges', 'node']);

const nested = (path: readonly string[], innermost: string): string =>
  path.reduceRight((inner, name) => `${name} { ${inner} }`, innermost);

interface Place {
  readonly type: GraphQLObjectType;
  readonly field: string | null;
}

/** The levels of the list that the innermost one belongs to, innermost first. */
function placesAround(schema: GraphQLSchema, levels: readonly Level[]): Place[] {
  const places: Place[] = [];
  for (let index = levels.length - 1; index >= 0; index--) {
    const { type, field } = levels[index]!;
    if (!isObjectType(type)) break;
    places.push({ type, field });
    const around = levels[index - 1]?.type;
    if (field === null || !isObjectType(around) || !isPartOfList(schema, around)) break;
  }
  return places;
}

/** Neither the root nor a row, whose fields lead to other lists. */
const isPartOfList = (schema: GraphQLSchema, type: GraphQLObjectType): boolean =>
  !ROOTS.some((root) => schema.getRootType(root) === type) && !type.getInterfaces().some(({ name }) => name === 'Node');

const ROOTS = Object.values(OperationTypeNode);

/** The fields between a list and its rows and figures are at most so many. */
const MAX_DEPTH = 2;

/** The shortest way down within the list to where it fits. */
function pathBelow(schema: GraphQLSchema, from: GraphQLObjectType, { fits }: Misplaced): readonly string[] | null {
  let reached = [{ type: from, path: [] as readonly string[] }];
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const found = reached.find(({ type }) => fits(type));
    if (found) return found.path;
    reached = reached
      .filter(({ type }) => isPartOfList(schema, type))
      .flatMap(({ type, path }) =>
        waysDown(type).map(({ name, type }) => ({ type: getNamedType(type), path: [...path, name] })),
      )
      .filter((way): way is { type: GraphQLObjectType; path: string[] } => isObjectType(way.type));
  }
  return null;
}

/** A column is in each figure of an aggregate; the number of its different values is what is asked for least. */
const waysDown = (type: GraphQLObjectType): GraphQLField<unknown, unknown>[] =>
  Object.values(type.getFields())
    .filter(({ args }) => !args.some(isRequiredArgument))
    .sort((a, b) => Number(a.name === 'countDistinct') - Number(b.name === 'countDistinct'));

/** Arguments of a list stand at the field that gives it. */
function argumentHint(schema: GraphQLSchema, levels: readonly Level[], name: string): string | null {
  for (let index = levels.length - 2; index > 0; index--) {
    const { field } = levels[index]!;
    const around = levels[index - 1]!.type;
    if (field === null || !isObjectType(around)) return null;
    if (around.getFields()[field]?.args.some((argument) => argument.name === name)) return `${field}(${name}: …)`;
    if (!isPartOfList(schema, around)) return null;
  }
  return null;
}
