import type { KeyModel, RelationModel, TableModel } from '../../../src/model/types.ts';
import type { Row } from './rows.ts';

/** Builds one document of many fields, each with variables of its own. */
export class DocumentBuilder {
  readonly #operation: 'query' | 'mutation';
  readonly #fields: string[] = [];
  readonly #declarations: string[] = [];
  readonly variables: Record<string, unknown> = {};

  constructor(operation: 'query' | 'mutation') {
    this.#operation = operation;
  }

  /** @returns the text that stands for the value. */
  variable(type: string, value: unknown): string {
    const name = `v${this.#declarations.length}`;
    this.#declarations.push(`$${name}: ${type}`);
    this.variables[name] = value;
    return `$${name}`;
  }

  field(alias: string, text: string): void {
    this.#fields.push(`${alias}: ${text}`);
  }

  get text(): string {
    const declarations = this.#declarations.length > 0 ? `(${this.#declarations.join(', ')})` : '';
    return `${this.#operation} ${declarations} { ${this.#fields.join('\n')} }`;
  }
}

/** All that a row has, relations aside. */
export const allColumns = ({ columns }: TableModel): string =>
  ['nodeId', 'version', ...columns.map(({ name }) => name)].join(' ');

/** `by` and `shardKey` arguments that name a row by one of its keys. */
export function keyArguments(document: DocumentBuilder, table: TableModel, key: KeyModel, row: Row): string {
  const values = Object.fromEntries(key.byColumns.map(({ name }) => [name, row[name]]));
  const value = key.byColumns.length === 1 ? row[key.byColumns[0]!.name] : values;
  const by = document.variable(`${table.typeName}Key!`, { [key.byName]: value });
  return `by: ${by}, shardKey: ${document.variable('ID', row[table.shardKey.name])}`;
}

/** The related rows, found without the product. */
export function relatedRows(relation: RelationModel, row: Row, rowsOf: (type: string) => readonly Row[]): Row[] {
  const { from, to, through, targetType } = relation;
  const links = through === null ? [row] : matching(rowsOf(through.type), through.from, row, from);
  const linkColumns = through === null ? from : through.to;
  return [...new Set(links.flatMap((link) => matching(rowsOf(targetType), to, link, linkColumns)))];
}

const matching = (rows: readonly Row[], columns: readonly string[], other: Row, others: readonly string[]): Row[] =>
  rows.filter((row) => columns.every((name, at) => row[name] !== null && row[name] === other[others[at]!]));
