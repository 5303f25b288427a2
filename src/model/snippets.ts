/** Code in the remedies of messages, as it would stand in the model file: of names that are there, and nothing to fill in. */
import type { TableDraft } from './table-draft.ts';
import type { ColumnModel } from './types.ts';

/** Marks code in a remedy, as Markdown does. */
export const code = (text: string): string => (text.includes('`') ? `\`\`${text}\`\`` : `\`${text}\``);

/** Several, any of which will do. */
export const anyCode = (texts: readonly string[]): string => texts.map(code).join(' or ');

export const textCode = (text: string): string =>
  JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replace(/^|$/g, "'");

/** `'id'`, or `['id', 'name']`. */
export const namesCode = (names: readonly string[]): string =>
  names.length === 1 ? textCode(names[0]!) : `[${names.map(textCode).join(', ')}]`;

/** `[t.owner, t.id]`: columns of a table that is at hand as `t`, or under another name. */
export const columnsCode = (names: readonly string[], table = 't'): string =>
  `[${names.map((name) => `${table}${/^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${textCode(name)}]`}`).join(', ')}]`;

export const primaryKeyCode = (names: readonly string[]): string => `primaryKey({ columns: ${columnsCode(names)} })`;

const BUILDER_BY_WIRE: Readonly<Record<ColumnModel['wire'], string>> = {
  text: 'text',
  int: 'integer',
  int64: 'int64',
  real: 'real',
  decimal: 'numeric',
  blob: 'blob',
  bigintBlob: 'blob',
  jsonBlob: 'blob',
};

/** A column of this name in SQL, stored like another. */
export function builderCode({ wire, scalar, dateTime, enum: type }: ColumnModel, sqlName: string): string {
  const options = [
    type && `enum: [${type.values.map(([, stored]) => textCode(stored)).join(', ')}]`,
    scalar === 'JSON' && "mode: 'json'",
    scalar === 'Boolean' && "mode: 'boolean'",
    dateTime === 'seconds' && "mode: 'timestamp'",
    dateTime === 'milliseconds' && "mode: 'timestamp_ms'",
    wire === 'bigintBlob' && "mode: 'bigint'",
    wire === 'blob' && "mode: 'buffer'",
  ].filter(Boolean);
  const builder = dateTime === 'iso' ? 'dateTime' : BUILDER_BY_WIRE[wire];
  return `${builder}(${[textCode(sqlName), ...(options.length > 0 ? [`{ ${options.join(', ')} }`] : [])].join(', ')})`;
}

/** What a table is usually called in the model file. */
export const tableCode = ({ list, sqlName }: TableDraft): string =>
  /^[A-Za-z_$][\w$]*$/.test(list) ? list : `table_${sqlName.replace(/\W/g, '')}`;
