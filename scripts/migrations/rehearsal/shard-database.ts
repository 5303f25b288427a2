/** SQLite in Node as shards have it: what Durable Objects refuse is refused here too, before it is written. */
import { constants, DatabaseSync } from 'node:sqlite';

/** Of Durable Objects: documented ones, and of workerd's source what they do not tell. */
const LIMITS = {
  column: 100,
  sqlLength: 100_000,
  exprDepth: 100,
  compoundSelect: 5,
  functionArg: 32,
  likePatternLength: 50,
  triggerDepth: 10,
  vdbeOp: 25_000,
  attach: 0,
} as const;

/** Functions of Node's SQLite that workerd does not let SQL call. */
const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['ceiling', 'if', 'log10', 'median', 'percentile', 'percentile_cont', 'percentile_disc', 'power', 'subtype'],
  ...['json_array_insert', 'json_error_position', 'json_pretty', 'jsonb_array_insert', 'unistr', 'unistr_quote'],
  ...['load_extension', 'matchinfo', 'offsets', 'optimize', 'rtreedepth', 'rtreenode'],
  ...['sqlite_compileoption_get', 'sqlite_compileoption_used', 'sqlite_log', 'sqlite_source_id', 'sqlite_version'],
  ...['fts3_tokenizer', 'fts5', 'fts5_get_locale', 'fts5_insttoken', 'fts5_locale', 'fts5_source_id'],
]);
const REFUSED_FAMILY = /^geopoly_/;

export const isRefusedFunction = (name: string): boolean =>
  REFUSED_FUNCTIONS.has(name.toLowerCase()) || REFUSED_FAMILY.test(name.toLowerCase());

const PRAGMAS: ReadonlySet<string> = new Set([
  ...['data_version', 'page_size', 'case_sensitive_like', 'foreign_keys', 'defer_foreign_keys', 'optimize'],
  ...['ignore_check_constraints', 'legacy_alter_table', 'recursive_triggers', 'reverse_unordered_selects'],
  ...['foreign_key_check', 'foreign_key_list', 'index_info', 'index_list', 'index_xinfo', 'quick_check'],
  ...['table_info', 'table_xinfo', 'table_list'],
]);

const TEMPORARY: ReadonlySet<number> = new Set([
  constants.SQLITE_CREATE_TEMP_INDEX,
  constants.SQLITE_CREATE_TEMP_TABLE,
  constants.SQLITE_CREATE_TEMP_TRIGGER,
  constants.SQLITE_CREATE_TEMP_VIEW,
]);

/** Double-quoted texts that name no column are strings, and foreign keys are enforced once the statements have run. */
export function openDatabase(statements: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(':memory:', {
    enableForeignKeyConstraints: false,
    enableDoubleQuotedStringLiterals: true,
    limits: LIMITS,
  });
  // Node 22 has none: what the platform refuses of hand-written SQL is then found by the shard.
  database.setAuthorizer?.((action, first, second) => {
    const isRefused =
      TEMPORARY.has(action) ||
      (action === constants.SQLITE_FUNCTION && isRefusedFunction(second!)) ||
      (action === constants.SQLITE_PRAGMA && !PRAGMAS.has(first!.toLowerCase()));
    return isRefused ? constants.SQLITE_DENY : constants.SQLITE_OK;
  });
  for (const statement of statements) database.exec(statement);
  database.exec('PRAGMA foreign_keys = ON');
  return database;
}
