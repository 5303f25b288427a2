/**
 * What an operation selects, as plan making sees it: fields by response key with fragments opened, `@skip` and `@include`
 * applied and `@consistency` handed down. As CollectFields of the GraphQL specification (6.3.2).
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { TableModel } from '../../model/types.ts';
import type { VariableUses } from '../memory/variable-uses.ts';
import { type AskedConsistency, type Directed, ownConsistency, type VariableValues } from './asked-consistency.ts';
import { FieldArguments } from './field-arguments.ts';

/** What a selection is read from. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly definition: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Coerced. */
  readonly variables: VariableValues;
  /** Which variables decide something: what is planned holds for all requests that agree in these. */
  readonly uses: VariableUses;
}

export interface SelectedField {
  /** Response key. */
  readonly key: string;
  readonly name: string;
  /** What `@consistency` at the field itself asks for, at each place that names it. */
  readonly own: readonly AskedConsistency[];
  /** What the leaves at and below the field ask for, each once: the innermost `@consistency` around each. */
  readonly leaves: ReadonlySet<AskedConsistency | undefined>;
  /** The arguments of the field, which belongs to this type. */
  argumentsOf(type: GraphQLObjectType): FieldArguments;
  readonly hasArguments: boolean;
  /** What is selected below if the value is of this type. */
  fields(type: GraphQLObjectType): readonly SelectedField[];
}

/** A place of the document that selects a field. */
interface Place {
  readonly node: Pick<FieldNode, 'selectionSet' | 'directives' | 'arguments'>;
  /** What is asked around it. */
  readonly outer: AskedConsistency | undefined;
}

/** The operation as a field: below it are the root fields. */
export const rootField = (operation: Operation): DocumentField =>
  new DocumentField(operation, '', '', [{ node: operation.definition, outer: undefined }]);

/** A field that the document selects. */
export class DocumentField implements SelectedField {
  readonly key: string;
  readonly name: string;
  readonly #operation: Operation;
  readonly #places: Place[];
  readonly #fieldsByType = new Map<GraphQLObjectType, readonly DocumentField[]>();

  constructor(operation: Operation, key: string, name: string, places: Place[]) {
    this.#operation = operation;
    this.key = key;
    this.name = name;
    this.#places = places;
  }

  /** For the locations of errors. */
  get nodes(): readonly FieldNode[] {
    return this.#places.map(({ node }) => node as FieldNode);
  }

  /** What is asked at each place, or around it. */
  get asked(): readonly (AskedConsistency | undefined)[] {
    return this.#places.map((place) => this.#askedAt(place));
  }

  get own(): readonly AskedConsistency[] {
    return this.#places.flatMap(({ node }) => consistencyAt(this.#operation, node) ?? []);
  }

  get hasArguments(): boolean {
    return (this.nodes[0]!.arguments ?? []).length > 0;
  }

  get leaves(): ReadonlySet<AskedConsistency | undefined> {
    const found = new Set<AskedConsistency | undefined>();
    for (const place of this.#places) {
      const asked = this.#askedAt(place);
      const { selectionSet } = place.node;
      if (selectionSet) addLeaves(found, new Set(), this.#operation, selectionSet, asked);
      else found.add(asked);
    }
    return found;
  }

  argumentsOf(type: GraphQLObjectType): FieldArguments {
    const { variables, uses } = this.#operation;
    return FieldArguments.ofDocument(type.getFields()[this.name]!, this.nodes[0]!, variables, uses);
  }

  fields(type: GraphQLObjectType): readonly DocumentField[] {
    let fields = this.#fieldsByType.get(type);
    if (fields === undefined) {
      const fieldByKey = new Map<string, DocumentField>();
      const seenFragments = new Set<string>();
      for (const place of this.#places) {
        const { selectionSet } = place.node;
        if (selectionSet) this.#collect(fieldByKey, seenFragments, type, selectionSet, this.#askedAt(place));
      }
      fields = [...fieldByKey.values()];
      this.#fieldsByType.set(type, fields);
    }
    return fields;
  }

  /** What holds at a place, unless something further inside says otherwise. */
  #askedAt({ node, outer }: Place): AskedConsistency | undefined {
    return consistencyAt(this.#operation, node) ?? outer;
  }

  #collect(
    fieldByKey: Map<string, DocumentField>,
    seenFragments: Set<string>,
    type: GraphQLObjectType,
    { selections }: SelectionSetNode,
    asked: AskedConsistency | undefined,
  ): void {
    const operation = this.#operation;
    for (const selection of selections) {
      if (!isIncluded(operation, selection)) continue;
      switch (selection.kind) {
        case Kind.FIELD: {
          const name = selection.name.value;
          const key = selection.alias?.value ?? name;
          const place = { node: selection, outer: asked };
          const merged = fieldByKey.get(key);
          if (merged) merged.#places.push(place);
          else fieldByKey.set(key, new DocumentField(operation, key, name, [place]));
          break;
        }
        case Kind.INLINE_FRAGMENT:
          if (appliesTo(operation, type, selection.typeCondition)) {
            const inside = consistencyAt(operation, selection) ?? asked;
            this.#collect(fieldByKey, seenFragments, type, selection.selectionSet, inside);
          }
          break;
        case Kind.FRAGMENT_SPREAD: {
          const fragment = operation.fragments[selection.name.value];
          const inside = consistencyAt(operation, selection) ?? asked;
          // Spread twice, it is collected once, unless it is to be read in two ways: then the stricter has to be known.
          const seen = spreadId(selection.name.value, inside);
          if (!fragment || seenFragments.has(seen)) break;
          seenFragments.add(seen);
          if (appliesTo(operation, type, fragment.typeCondition)) {
            this.#collect(fieldByKey, seenFragments, type, fragment.selectionSet, inside);
          }
        }
      }
    }
  }
}

/** All columns of a table's rows, their version and global id: what users' code reads. */
export class WholeRow implements SelectedField {
  readonly key = '';
  readonly name = '';
  readonly own = [];
  readonly hasArguments = false;
  readonly leaves: ReadonlySet<AskedConsistency | undefined>;
  readonly #columns: readonly SelectedField[];

  /** @param asked what the client asks for where it selects the field that the code answers, or around it. */
  constructor({ columns, globalIdField }: TableModel, asked: readonly (AskedConsistency | undefined)[]) {
    this.leaves = new Set(asked);
    this.#columns = [...columns.map(({ name }) => name), 'version', globalIdField].map((name) => this.#with(name, []));
  }

  /** The connection whose `nodes` show such rows. */
  asNodes(): SelectedField {
    return this.#with('', [this.#with('nodes', this.#columns)]);
  }

  argumentsOf(): FieldArguments {
    return FieldArguments.ofCode({});
  }

  fields(): readonly SelectedField[] {
    return this.#columns;
  }

  #with(name: string, fields: readonly SelectedField[]): SelectedField {
    const { own, leaves, hasArguments, argumentsOf } = this;
    return { key: name, name, own, leaves, hasArguments, argumentsOf, fields: () => fields };
  }
}

/** For parts of a selection that show no rows, so that their types and conditions do not matter. */
function addLeaves(
  found: Set<AskedConsistency | undefined>,
  seen: Set<string>,
  operation: Operation,
  { selections }: SelectionSetNode,
  outer: AskedConsistency | undefined,
): void {
  for (const selection of selections) {
    const asked = consistencyAt(operation, selection) ?? outer;
    let inner: SelectionSetNode | undefined;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const id = spreadId(selection.name.value, asked);
      inner = seen.has(id) ? undefined : operation.fragments[selection.name.value]?.selectionSet;
      seen.add(id);
    } else {
      inner = selection.selectionSet;
      if (inner === undefined) found.add(asked);
    }
    if (inner !== undefined) addLeaves(found, seen, operation, inner, asked);
  }
}

const spreadId = (name: string, asked: AskedConsistency | undefined): string =>
  asked === undefined ? name : `${name} ${asked.mode} ${asked.maxStalenessMs}`;

function consistencyAt(operation: Operation, node: Directed): AskedConsistency | undefined {
  if (node.directives === undefined || node.directives.length === 0) return undefined;
  operation.uses.ofDirectives(node);
  return ownConsistency(node, operation.variables);
}

function isIncluded({ variables, uses }: Operation, selection: SelectionNode): boolean {
  if (!selection.directives?.length) return true;
  uses.ofDirectives(selection);
  if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.if !== false;
}

function appliesTo({ schema }: Operation, type: GraphQLObjectType, condition: NamedTypeNode | undefined): boolean {
  if (!condition || condition.name.value === type.name) return true;
  const conditionType = schema.getType(condition.name.value);
  return isAbstractType(conditionType) && schema.isSubType(conditionType, type);
}
