/**
 * The cost of an operation as a formula of its variables. Each field is looked at once, those of a fragment too, however often
 * it is spread: the work is in proportion to the document's length.
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import type { Model, TableModel } from '../../model/types.ts';
import { type FieldRole, roleOf } from '../field-role.ts';
import { DEFAULT_GROUPS, DEFAULT_PAGE_ROWS, MAX_NODE_IDS, MAX_PAGE_ROWS, MAX_SHOWN_GROUPS } from '../limits.ts';
import { asOfNode } from '../selection/as-of-directive.ts';
import type { VariableValues } from '../selection/asked-consistency.ts';
import { namesShardKey, relatedInOrder, relatedInWhere } from './argument-weights.ts';
import {
  type Cost,
  evaluate,
  type Formula,
  isKnown,
  LEAF,
  mapped,
  NOTHING,
  once,
  type Run,
  summed,
} from './formula.ts';
import {
  CALL,
  FIELD,
  INTROSPECTION,
  MEMBERS_OF_TYPE,
  PAST,
  RELATED,
  ROW,
  ROWS_OF_USERS_LIST,
  WHOLE_LIST,
} from './weights.ts';
import { type WriteRole, writtenRows } from './written-rows.ts';

/** What the formulas of a schema have in common. */
export interface CostScope {
  readonly model: Model;
  readonly schema: GraphQLSchema;
  /** How many shards a list without a shard key asks. */
  readonly shards: number;
}

/** The cost of an operation, by its variables as they came. Not negative, and finite. */
export function costFormula(
  scope: CostScope,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): (variables: VariableValues) => number {
  const formula = new FormulaMaker(scope, operation, fragments).operation();
  if (typeof formula !== 'function') return () => totalOf(formula);
  return (variables) => totalOf(formula({ variables, known: new Map() }));
}

const totalOf = ({ fixed, each }: Cost): number => Math.ceil(fixed + each);

/** Pages within pages multiply without end, and what is infinite cannot be compared. */
const MOST = 1e15;
const capped = ({ fixed, each, item }: Cost): Cost => ({
  fixed: Math.min(fixed, MOST),
  each: Math.min(each, MOST),
  item: Math.min(item, MOST),
});

class FormulaMaker {
  readonly #scope: CostScope;
  readonly #operation: OperationDefinitionNode;
  /** A call to a shard. */
  readonly #call: number;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #byFragment = new Map<string, Formula>();
  /** Types of which `nodes` and `edges` are lists of the rows of a page. */
  readonly #pages: ReadonlySet<string>;
  readonly #defaults: VariableValues;
  /** Arguments without variables, which are the same each time. */
  readonly #written = new Map<ValueNode, unknown>();

  constructor(
    scope: CostScope,
    operation: OperationDefinitionNode,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ) {
    this.#scope = scope;
    this.#operation = operation;
    this.#call = asOfNode(operation) ? CALL + PAST : CALL;
    this.#fragments = fragments;
    this.#pages = new Set(
      scope.model.tables.flatMap(({ typeName }) => [`${typeName}Connection`, `${typeName}BulkPayload`]),
    );
    const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    );
    this.#defaults = Object.fromEntries(defaults);
  }

  operation(): Formula {
    const type = this.#scope.schema.getRootType(this.#operation.operation);
    // There are no subscriptions; the executor refuses them.
    return type ? this.#selection(this.#operation.selectionSet, type) : NOTHING;
  }

  #selection({ selections }: SelectionSetNode, type: GraphQLNamedType): Formula {
    return summed(selections.map((selection) => this.#conditional(selection, this.#selected(selection, type))));
  }

  #selected(selection: SelectionNode, type: GraphQLNamedType): Formula {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#field(selection, type);
      case Kind.INLINE_FRAGMENT: {
        const named = selection.typeCondition && this.#scope.schema.getType(selection.typeCondition.name.value);
        return this.#selection(selection.selectionSet, named ?? type);
      }
      case Kind.FRAGMENT_SPREAD:
        return this.#fragment(selection.name.value);
    }
  }

  /** Fragments that are spread in a circle are refused before. */
  #fragment(name: string): Formula {
    let formula = this.#byFragment.get(name);
    if (formula === undefined) {
      const { typeCondition, selectionSet } = this.#fragments.get(name)!;
      formula = once(this.#selection(selectionSet, this.#scope.schema.getType(typeCondition.name.value)!));
      this.#byFragment.set(name, formula);
    }
    return formula;
  }

  /** What is skipped costs nothing. */
  #conditional({ directives }: SelectionNode, formula: Formula): Formula {
    const conditions = (directives ?? []).filter(({ name }) => name.value === 'skip' || name.value === 'include');
    if (conditions.length === 0) return formula;
    const given = conditions.map(({ name, arguments: args }) => {
      const node = args?.find((argument) => argument.name.value === 'if')?.value;
      return { isSkip: name.value === 'skip', node };
    });
    return (run) => {
      const isLeftOut = given.some(({ isSkip, node }) => this.#valueOf(node, run) === isSkip);
      return isLeftOut ? NOTHING : evaluate(formula, run);
    };
  }

  #field(node: FieldNode, parent: GraphQLNamedType): Formula {
    const field = this.#definition(node.name.value, parent);
    if (field === undefined || !node.selectionSet) return this.#leaf(node, parent);
    const type = getNamedType(field.type);
    const inner = this.#selection(node.selectionSet, type);
    const role = roleOf(field);
    if (role !== undefined) return this.#ofRole(role, node, field, inner);
    if (this.#pages.has(parent.name)) return this.#partOfPage(node, inner);
    const members = this.#membersOf(field, parent);
    const share = field === SchemaMetaFieldDef || field === TypeMetaFieldDef ? INTROSPECTION : 1;
    return mapped(inner, ({ fixed, each, item }) => ({ fixed, each: share * members * (FIELD + each), item }));
  }

  /** `totalCount`, and what is no object. */
  #leaf(node: FieldNode, parent: GraphQLNamedType): Formula {
    const isCount = node.name.value === 'totalCount' && this.#pages.has(parent.name);
    return isCount ? { ...LEAF, fixed: WHOLE_LIST } : LEAF;
  }

  #partOfPage(node: FieldNode, inner: Formula): Formula {
    switch (node.name.value) {
      case 'nodes':
      case 'edges':
        return mapped(inner, ({ fixed, each }) => ({ fixed, each: 0, item: ROW + each }));
      case 'aggregate':
        return mapped(inner, ({ each }) => ({ fixed: WHOLE_LIST, each, item: 0 }));
      case 'groupBy':
        return this.#withValues(node, inner, (run, { each }) => {
          const groups = this.#rows(node, run, DEFAULT_GROUPS, MAX_SHOWN_GROUPS);
          return { fixed: WHOLE_LIST, each: groups * each, item: 0 };
        });
      default:
        return inner;
    }
  }

  #ofRole(role: FieldRole, node: FieldNode, field: GraphQLField<unknown, unknown>, inner: Formula): Formula {
    switch (role.kind) {
      case 'relation': {
        const { kind, targetType, colocated } = role.relation;
        const call = colocated ? 0 : this.#call * this.#scope.shards;
        if (kind === 'many') return this.#list(this.#scope.model.table(targetType), node, inner, () => [1, call]);
        return mapped(inner, ({ fixed, each }) => ({ fixed: fixed + call, each: ROW + each, item: 0 }));
      }
      case 'list':
        return this.#list(role.table, node, inner, (run) => [this.#shardsOf(role.table, node, run), this.#call]);
      case 'one':
        return this.#withValues(node, inner, (run, { fixed, each }) => {
          const shards = this.#shardsOf(role.table, node, run);
          return { fixed: shards * (this.#call + fixed + ROW + each), each: 0, item: 0 };
        });
      case 'node':
      case 'nodes':
      case 'entities':
        return this.#withValues(node, inner, (run, { fixed, each }) => {
          const given = this.#argument(node, this.#namesOfRows(role.kind), run);
          const rows = Array.isArray(given) ? Math.min(given.length, MAX_NODE_IDS) : 1;
          return { fixed: this.#call + fixed + rows * (ROW + each), each: 0, item: 0 };
        });
      case 'write':
      case 'bulkWrite':
      case 'transaction':
        return this.#write(role, node, inner);
      default: {
        const rows = isList(field) ? ROWS_OF_USERS_LIST : 1;
        return mapped(inner, ({ fixed, each }) => ({ fixed, each: this.#call + rows * (ROW + each), item: 0 }));
      }
    }
  }

  /** The argument that says which rows are shown. */
  #namesOfRows(kind: 'node' | 'nodes' | 'entities'): string {
    if (kind === 'entities') return 'representations';
    const { globalIdField } = this.#scope.model;
    return kind === 'node' ? globalIdField : `${globalIdField}s`;
  }

  /** @param callsOf how many shards are asked, and what a call to one costs. */
  #list(table: TableModel, node: FieldNode, inner: Formula, callsOf: (run: Run) => readonly [number, number]): Formula {
    const { model } = this.#scope;
    return this.#withValues(node, inner, (run, { fixed, each, item }) => {
      const [shards, call] = callsOf(run);
      const related =
        relatedInWhere(model, table, this.#argument(node, 'where', run)) +
        relatedInOrder(this.#argument(node, 'orderBy', run)) +
        (this.#argument(node, 'search', run) == null ? 0 : 1);
      const rows = this.#rows(node, run, DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS);
      return { fixed: shards * (call + RELATED * related + fixed), each: shards * (ROW + each + rows * item), item: 0 };
    });
  }

  #write(role: WriteRole, node: FieldNode, inner: Formula): Formula {
    const { schema, model } = this.#scope;
    return this.#withValues(node, inner, (run, { fixed, each, item }) => {
      const argument = (name: string) => this.#argument(node, name, run);
      const { rows, cost, isAnywhere } = writtenRows(schema, model, role, argument);
      const shards = isAnywhere ? this.#scope.shards : 1;
      const shown = role.kind === 'write' ? each : each + rows * item;
      return { fixed: this.#call * shards + cost + fixed + shown, each: 0, item: 0 };
    });
  }

  #shardsOf(table: TableModel, node: FieldNode, run: Run): number {
    const isOne =
      this.#argument(node, 'shardKey', run) != null ||
      namesShardKey(table, this.#argument(node, 'by', run)) ||
      namesShardKey(table, this.#argument(node, 'where', run));
    return isOne ? 1 : this.#scope.shards;
  }

  #rows(node: FieldNode, run: Run, byDefault: number, most: number): number {
    const given = this.#argument(node, 'first', run) ?? this.#argument(node, 'last', run);
    if (given == null) return byDefault;
    const rows = Number(given);
    return rows >= 0 ? Math.min(rows, most) : most;
  }

  #membersOf(field: GraphQLField<unknown, unknown>, parent: GraphQLNamedType): number {
    if (!parent.name.startsWith('__') || !isList(field)) return 1;
    return field.name === 'types' ? Object.keys(this.#scope.schema.getTypeMap()).length : MEMBERS_OF_TYPE;
  }

  #definition(name: string, parent: GraphQLNamedType): GraphQLField<unknown, unknown> | undefined {
    if (parent === this.#scope.schema.getQueryType()) {
      if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
      if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    }
    if (!isObjectType(parent) && !isAbstractType(parent)) return undefined;
    return 'getFields' in parent ? parent.getFields()[name] : undefined;
  }

  /** What depends on the arguments is worked out now if no variable is among them. */
  #withValues(node: FieldNode, inner: Formula, cost: (run: Run, inner: Cost) => Cost): Formula {
    const formula = (run: Run) => capped(cost(run, evaluate(inner, run)));
    let isFixed = isKnown(inner);
    for (const { value } of node.arguments ?? []) {
      if (holdsVariable(value)) isFixed = false;
      else this.#written.set(value, valueFromASTUntyped(value));
    }
    return isFixed ? formula({ variables: {}, known: new Map() }) : formula;
  }

  #argument({ arguments: args }: FieldNode, name: string, run: Run): unknown {
    return this.#valueOf(args?.find((argument) => argument.name.value === name)?.value, run);
  }

  #valueOf(node: ValueNode | undefined, { variables }: Run): unknown {
    if (node === undefined) return undefined;
    if (node.kind !== Kind.VARIABLE) {
      return this.#written.get(node) ?? valueFromASTUntyped(node, { ...this.#defaults, ...variables });
    }
    const name = node.name.value;
    return variables[name] === undefined ? this.#defaults[name] : variables[name];
  }
}

const isList = ({ type }: GraphQLField<unknown, unknown>): boolean =>
  isListType(isNonNullType(type) ? type.ofType : type);

function holdsVariable(node: ValueNode): boolean {
  switch (node.kind) {
    case Kind.VARIABLE:
      return true;
    case Kind.LIST:
      return node.values.some(holdsVariable);
    case Kind.OBJECT:
      return node.fields.some(({ value }) => holdsVariable(value));
    default:
      return false;
  }
}
