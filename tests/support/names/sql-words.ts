/** Words that mean something in SQL: to SQLite, or in what is generated here. */

/** All keywords of SQLite (https://sqlite.org/lang_keywords.html). */
export const SQLITE_KEYWORDS =
  `abort action add after all alter always analyze and as asc attach autoincrement before begin
  between by cascade case cast check collate column commit conflict constraint create cross current current_date current_time
  current_timestamp database default deferrable deferred delete desc detach distinct do drop each else end escape except exclude
  exclusive exists explain fail filter first following for foreign from full generated glob group groups having if ignore
  immediate in index indexed initially inner insert instead intersect into is isnull join key last left like limit match
  materialized natural no not nothing notnull null nulls of offset on or order others outer over partition plan pragma preceding
  primary query raise range recursive references regexp reindex release rename replace restrict returning right rollback row rows
  savepoint select set table temp temporary then ties to transaction trigger unbounded union unique update using vacuum values view
  virtual when where window with without`
    .trim()
    .split(/\s+/);

/** Names that SQLite gives a meaning to although they are no keywords. */
export const SQLITE_NAMES = `true false rowid oid docid excluded main stored json_tree pragma fts5 fts5vocab rank
  integer text real blob numeric binary sql content tokenize prefix`
  .trim()
  .split(/\s+/);

/** Aliases, columns, functions and common table expressions of the SQL that is generated here, and names close to them. */
export const OUR_WORDS =
  `t r x k n j n1 j1 f1 f2 f3 o s e v z0 t0 t1 given target c1 c2 id value type atom fullkey path json root
  found version origin schema pk shard_key op image slot at since until shift content tokenize prefix count max total upper
  insert_x x_rows rows_index index_data`
    .trim()
    .split(/\s+/);

/** Names that want quotes. */
export const QUOTED_NAMES = [
  'a b',
  'a.b',
  'b.c',
  "it's",
  "'",
  'ünïcode',
  'ÜNÏCODE 2',
  '日本',
  '😀',
  '1st',
  '5',
  '1e3',
  '%',
  '$x',
  '?1',
  ':x',
  '@x',
  '#x',
  'a--b',
  '/* a */',
  '[x]',
  'x)',
  '(x',
  '\\',
  '$\u{7b}x}',
  ' ',
  ' a',
  'a|b',
  'a=b',
  "x'00'",
  'constructor.x',
];

/** All of them, each once without regard to case. */
export const WORDS: readonly string[] = [
  ...new Map(
    [...SQLITE_KEYWORDS, ...SQLITE_NAMES, ...OUR_WORDS, ...QUOTED_NAMES].map((word) => [word.toLowerCase(), word]),
  ).values(),
];
