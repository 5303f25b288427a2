/** Prints queries as GraphQL, with values as variables or written into the text. */

import { lookup, type NodeIds } from './oracle.ts';
import {
  type Field,
  fieldName,
  type ListArguments,
  type ListSelection,
  orderToInput,
  type Query,
  type RowSelection,
  responseKeys,
} from './query.ts';
import type { Rows } from './rows.ts';
import { type TypeName, table } from './tables.ts';

export interface GraphQLRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Where cursors come from: the cursor of a row under an order, in a root list or in a relation of its parent. */
export interface Cursors {
  get(
    type: TypeName,
    boundary: number,
    list: ListSelection,
    relation: { parent: TypeName; name: string } | null,
  ): string;
}

export function render(query: Query, rows: Rows, nodeIds: NodeIds, cursors: Cursors): GraphQLRequest {
  const printer = new Printer(query.variables, rows, nodeIds, cursors);
  const roots = query.roots.map((root, index) => `q${index}: ${printer.root(root)}`);
  const declarations = printer.declarations.length > 0 ? `(${printer.declarations.join(', ')})` : '';
  return {
    query: [`query ${declarations} {\n${indent(roots.join('\n'))}\n}`, ...printer.fragments].join('\n'),
    variables: printer.variables,
  };
}

class Printer {
  readonly declarations: string[] = [];
  readonly variables: Record<string, unknown> = {};
  readonly fragments: string[] = [];
  readonly #useVariables: boolean;
  readonly #rows: Rows;
  readonly #nodeIds: NodeIds;
  readonly #cursors: Cursors;

  constructor(useVariables: boolean, rows: Rows, nodeIds: NodeIds, cursors: Cursors) {
    this.#useVariables = useVariables;
    this.#rows = rows;
    this.#nodeIds = nodeIds;
    this.#cursors = cursors;
  }

  root(root: Query['roots'][number]): string {
    switch (root.kind) {
      case 'list': {
        const of = table(root.list.type);
        return `${of.list}${this.#arguments(root.list, null)} ${this.#connection(root.list)}`;
      }
      case 'single': {
        const of = table(root.row.type);
        const wanted = lookup(this.#rows, root.row.type, root.key, root.target);
        const by = this.#value(`${of.type}Key!`, { [root.key]: wanted.value }, of.type);
        const shardKey = root.withShardKey ? `, shardKey: ${this.#value('ID', wanted.shardKey, of.type)}` : '';
        return `${of.single}(by: ${by}${shardKey}) ${this.#row(root.row)}`;
      }
      case 'node':
        return `node(nodeId: ${this.#value('ID!', this.#nodeId(root.row.type, root.target), root.row.type)}) ${this.#typed(root.row)}`;
      case 'nodes': {
        const ids = root.targets.map((target) => this.#nodeId(root.row.type, target));
        return `nodes(nodeIds: ${this.#value('[ID!]!', ids, root.row.type)}) ${this.#typed(root.row)}`;
      }
    }
  }

  #typed(row: RowSelection): string {
    return `{ ... on ${row.type} ${this.#row(row)} }`;
  }

  #nodeId(type: TypeName, target: number): string {
    return this.#nodeIds.get(type, this.#rows[type][target]!)!;
  }

  #row(selection: RowSelection): string {
    const keys = responseKeys(selection.fields);
    return `{\n${indent(selection.fields.map((field, index) => this.#field(selection.type, field, keys[index]!)).join('\n'))}\n}`;
  }

  #field(parent: TypeName, field: Field, key: string): string {
    const name = fieldName(field);
    const alias = key === name ? '' : `${key}: `;
    const directive = this.#directive(field);
    const rest =
      field.kind === 'one'
        ? ` ${this.#row(field.row)}`
        : field.kind === 'many'
          ? ` ${this.#connection(field.list)}`
          : '';
    const args = field.kind === 'many' ? this.#arguments(field.list, { parent, name: field.name }) : '';
    if (field.fragment === 'none') return `${alias}${name}${args}${directive}${rest}`;
    if (field.fragment === 'inline') return `... on ${parent}${directive} { ${alias}${name}${args}${rest} }`;
    const fragment = `F${this.fragments.length}`;
    this.fragments.push('');
    this.fragments[Number(fragment.slice(1))] = `fragment ${fragment} on ${parent} { ${alias}${name}${args}${rest} }`;
    return `...${fragment}${directive}`;
  }

  #directive(field: Field): string {
    if (field.directive === 'none') return '';
    const [name, value] = field.directive.split('-');
    return ` @${name}(if: ${this.#value('Boolean!', value === 'true', 'Tenant')})`;
  }

  #connection(list: ListSelection): string {
    const parts = [
      list.totalCount && 'totalCount',
      list.pageInfo && 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }',
      list.nodes && `nodes ${this.#row(list.nodes)}`,
      list.edges && `edges { cursor node ${this.#row(list.edges)} }`,
    ].filter((part) => typeof part === 'string');
    return `{\n${indent(parts.join('\n'))}\n}`;
  }

  #arguments(list: ListSelection, relation: { parent: TypeName; name: string } | null): string {
    const { args, type } = list;
    const cursor = (boundary: number | undefined) =>
      boundary === undefined ? undefined : this.#cursors.get(type, boundary, list, relation);
    const given: readonly (readonly [name: keyof ListArguments | 'shardKey', type: string, value: unknown])[] = [
      ['where', `${type}Where`, args.where],
      ['orderBy', `[${type}OrderBy!]`, args.orderBy?.map(orderToInput)],
      ['first', 'Int', args.first],
      ['after', 'String', cursor(args.after)],
      ['last', 'Int', args.last],
      ['before', 'String', cursor(args.before)],
      ['offset', 'Int', args.offset],
      ['shardKey', 'ID', args.tenant === undefined ? undefined : this.#rows.Tenant[args.tenant]!.id],
    ];
    const printed = given
      .filter(([, , value]) => value !== undefined)
      .map(([name, graphqlType, value]) => `${name}: ${this.#value(graphqlType, value, type)}`);
    return printed.length > 0 ? `(${printed.join(', ')})` : '';
  }

  /** `owner` tells which columns are enums, whose literals carry no quotes. */
  #value(graphqlType: string, value: unknown, owner: TypeName): string {
    if (!this.#useVariables) return literal(value, owner);
    const name = `v${this.declarations.length}`;
    this.declarations.push(`$${name}: ${graphqlType}`);
    this.variables[name] = value;
    return `$${name}`;
  }
}

/** A GraphQL literal. JSON strings are GraphQL strings. */
function literal(value: unknown, owner: TypeName, isEnum = false): string {
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, owner, isEnum)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(
      ([key, item]) => `${key}: ${literal(item, owner, isEnum || isEnumField(key, item, owner))}`,
    );
    return `{${fields.join(', ')}}`;
  }
  return isEnum && typeof value === 'string' ? value : JSON.stringify(value);
}

/** Order directions are enums too. */
const isEnumField = (key: string, value: unknown, owner: TypeName): boolean =>
  (typeof value === 'string' && /^(ASC|DESC)(_NULLS_(FIRST|LAST))?$/.test(value) && key !== 'eq') ||
  table(owner).columns.some((column) => column.name === key && column.kind === 'enum');

const indent = (text: string): string => text.replace(/^/gm, '  ');
