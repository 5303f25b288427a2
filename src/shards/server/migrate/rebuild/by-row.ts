/** Whether an expression of a migration's SQL looks at one row alone, so that rows can be changed one after the other. */

/** Texts and names. */
const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/g;
/** What makes one row of several, or depends on other rows; a function by a quoted name may be any. */
const NOT_BY_ROW =
  /""\s*\(|\b(select|distinct|over|count|sum|total|avg|min|max|group_concat|string_agg|json_group_array|json_group_object|jsonb_group_array|jsonb_group_object|rowid|_rowid_|oid|changes|total_changes|last_insert_rowid)\b/i;

export const isByRow = (expression: string): boolean => !NOT_BY_ROW.test(expression.replace(QUOTED, '""'));

/** Also without arguments, which mean now; and the same words as names of columns. */
const TIME =
  /\b(current_timestamp|current_date|current_time)\b|'now'|\b(date|time|datetime|julianday|unixepoch)\s*\(\s*\)/i;

/** Whether it gives another value at another time: rows that are changed in steps would differ where those of one statement do not. */
export const dependsOnTime = (expression: string): boolean => TIME.test(expression);

/** Whether a name stands in SQL text, or may: in a text or comment too. */
export function mentions(sql: string, name: string): boolean {
  const [text, sought] = [sql.toLowerCase(), name.toLowerCase()];
  const isPartOfName = (character: string | undefined) =>
    character !== undefined && /[\w$\u0080-\uffff]/.test(character);
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
    if (!isPartOfName(text[at - 1]) && !isPartOfName(text[at + sought.length])) return true;
  }
  return false;
}
