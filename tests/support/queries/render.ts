/** Prints queries as GraphQL, several to a document, all values as variables. */
import type { GroupSelect, ListArguments, ListQuery, ListSelect, Measure, RowSelect } from './query.ts';
import { type Entity, entityOf, screaming, type World } from './world.ts';

export interface GraphQLRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The cursor of a row in an order: of a root list, or of a relation (`Type.relation`). */
export type CursorOf = (list: string, type: string, boundary: number, orderBy: ListArguments['orderBy']) => string;

export function render(world: World, queries: readonly ListQuery[], cursorOf: CursorOf): GraphQLRequest {
  const printer = new Printer(world, cursorOf);
  const fields = queries.map((query, at) => `q${at}: ${printer.root(query)}`);
  const declared = printer.declarations.length > 0 ? `(${printer.declarations.join(', ')})` : '';
  return { query: `query ${declared} {\n${fields.join('\n')}\n}`, variables: printer.variables };
}

class Printer {
  readonly declarations: string[] = [];
  readonly variables: Record<string, unknown> = {};
  readonly #world: World;
  readonly #cursorOf: CursorOf;

  constructor(world: World, cursorOf: CursorOf) {
    this.#world = world;
    this.#cursorOf = cursorOf;
  }

  root({ type, args, select }: ListQuery): string {
    const entity = entityOf(this.#world, type);
    return `${entity.list}${this.#arguments(entity, `Query.${entity.list}`, args)} ${this.#connection(entity, select)}`;
  }

  #arguments(entity: Entity, list: string, args: ListArguments): string {
    const { type } = entity;
    const cursor = (boundary: number | undefined) =>
      boundary === undefined ? undefined : this.#cursorOf(list, type, boundary, args.orderBy);
    return this.#call([
      ['where', `${type}Where`, args.where],
      ['orderBy', `[${type}OrderBy!]`, args.orderBy],
      ['first', 'Int', args.first],
      ['last', 'Int', args.last],
      ['offset', 'Int', args.offset],
      ['after', 'String', cursor(args.after)],
      ['before', 'String', cursor(args.before)],
      ['shardKey', 'ID', args.shardKey],
      ['includeDeleted', 'Boolean', args.includeDeleted],
    ]);
  }

  #call(args: readonly (readonly [name: string, type: string, value: unknown])[]): string {
    const given = args.filter(([, , value]) => value !== undefined);
    if (given.length === 0) return '';
    return `(${given.map(([name, type, value]) => `${name}: ${this.#variable(type, value)}`).join(', ')})`;
  }

  #variable(type: string, value: unknown): string {
    const name = `v${this.declarations.length}`;
    this.declarations.push(`$${name}: ${type}`);
    this.variables[name] = value;
    return `$${name}`;
  }

  #connection(entity: Entity, select: ListSelect): string {
    const rows = select.rows && this.#row(entity, select.rows);
    const parts = [
      select.totalCount && 'totalCount',
      select.pageInfo && 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }',
      select.aggregate && `aggregate ${measures(select.aggregate)}`,
      rows && (select.edges ? `edges { cursor node ${rows} }` : `nodes ${rows}`),
      ...(select.groups ?? []).map((group, at) => `g${at}: ${this.#group(entity, group)}`),
    ].filter((part) => typeof part === 'string');
    return `{ ${parts.join(' ')} }`;
  }

  #group({ type }: Entity, { by, having, orderBy, first, measures: shown }: GroupSelect): string {
    const keys = by.map(({ column, ...rest }) => ({ field: screaming(column), ...rest }));
    const args = this.#call([
      ['by', `[${type}GroupBy!]!`, keys],
      ['having', `${type}Having`, having],
      ['orderBy', `[${type}GroupOrderBy!]`, orderBy],
      ['first', 'Int', first],
    ]);
    return `groupBy${args} { keys { ${by.map(({ column }) => column).join(' ')} } ${measures(shown).slice(1)}`;
  }

  #row(entity: Entity, { columns, paths, one, many }: RowSelect): string {
    const relation = (name: string) => entity.relations.find((candidate) => candidate.name === name)!;
    const parts = [
      ...columns,
      ...paths.map(({ column, path }, at) => `p${at}: ${column}(path: ${this.#variable('String', path)})`),
      ...one.map(({ relation: name, row }, at) => {
        const target = entityOf(this.#world, relation(name).target);
        return `o${at}: ${name} ${this.#row(target, row)}`;
      }),
      ...many.map(({ relation: name, list }, at) => {
        const target = entityOf(this.#world, relation(name).target);
        const args = this.#arguments(target, `${entity.type}.${name}`, list.args);
        return `m${at}: ${name}${args} ${this.#connection(target, list.select)}`;
      }),
    ];
    return `{ ${parts.join(' ')} }`;
  }
}

function measures(shown: readonly Measure[]): string {
  const parts = shown.map(({ op, column }) => (column === undefined ? op : `${op} { ${column} }`));
  return `{ ${parts.join(' ')} }`;
}
