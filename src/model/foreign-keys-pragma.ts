/** White space and comments. */
const SPACE = String.raw`(?:\s|--[^\n]*(?:\n|$)|/\*[\s\S]*?\*/)*`;

const FOREIGN_KEYS_PRAGMA = new RegExp(
  String.raw`^${SPACE}PRAGMA\s+(?:main\s*\.\s*)?foreign_keys\s*(?:=\s*\w+|\(\s*\w+\s*\))\s*;?${SPACE}$`,
  'i',
);

/**
 * Whether a statement of a migration asks for the enforcement of foreign keys to be off while the migration runs, or on
 * again after it. Inside a transaction SQLite ignores it: who runs migrations has to hear it.
 */
export const isForeignKeysPragma = (statement: string): boolean => FOREIGN_KEYS_PRAGMA.test(statement);
