/**
 * The full-text index of a table, as SQL. It is an FTS5 table with *external content*: it holds no copy of the text,
 * only the positions of words, and reads the rows themselves, through a view, where text is shown. Row ids tie the two
 * together. They are stable: only VACUUM, which the platform lacks, and migrations that rebuild a table change them.
 *
 * Besides the text columns there is one that holds the row's shard key as a single word, so that a search in one shard
 * key leaves out the others' rows inside the index.
 */
import { fnv1a64 } from '../../../lib/fnv1a.ts';
import { toHex } from '../../../lib/hex.ts';
import type { Model, TableModel } from '../../../model/types.ts';
import { type ShardKey, shardKeySql } from '../../shard-key.ts';
import { quoteName, quoteText, ROW_ID } from '../../sql/sql-text.ts';

/**
 * Names of all triggers, views and tables of full-text indexes start so, then comes the table's name, then what it is: the
 * last word tells two names of one table apart, and what stands before it those of two tables.
 */
export const SEARCH_PREFIX = '_fts_';

/**
 * Words are runs of letters, digits and private-use characters (Unicode 6.1), without regard to case and diacritics.
 * Scripts that put no spaces between words (Chinese, Japanese, Thai) give one word per run.
 */
const TOKENIZER = 'unicode61 remove_diacritics 2';

/** Lengths of the beginnings of words (in characters) that have an index of their own; others are ranges of words. */
const PREFIX_LENGTHS = '2 3';

/** The column of the shard key's word; the text columns follow it. FTS5 reserves some names, so columns have numbers. */
export const KEY_COLUMN = 'k';
export const textColumnName = (position: number): string => `c${position + 1}`;

export interface SearchIndex {
  /** The table whose rows it finds, in SQL. */
  readonly table: string;
  /** Of the FTS5 table. Those that FTS5 makes for itself end in other words than ours. */
  readonly name: string;
  readonly columns: readonly string[];
  /** The rows as the index sees them: `id` and its columns. */
  readonly view: string;
  readonly createTable: string;
  /** Views and triggers by name; gone while migrations run, since SQLite refuses to alter tables beneath a view. */
  readonly followers: ReadonlyMap<string, string>;
  /** Of everything that decides what the index holds. */
  readonly hash: string;
}

export const searchIndexName = (table: TableModel): string => `${SEARCH_PREFIX}${table.sqlName}_index`;

export const searchIndexes = (model: Model): SearchIndex[] =>
  model.tables.filter(({ search }) => search.length > 0).map(searchIndex);

/** The word that stands for a shard key; of ASCII letters and digits only. */
export const shardKeyWord = (key: ShardKey): string => toHex(new TextEncoder().encode(key));

function searchIndex(table: TableModel): SearchIndex {
  const name = searchIndexName(table);
  const view = `${SEARCH_PREFIX}${table.sqlName}_rows`;
  const columns = [KEY_COLUMN, ...table.search.map((_, at) => textColumnName(at))];
  const createTable =
    `CREATE VIRTUAL TABLE ${quoteName(name)} USING fts5(${columns.join(', ')}, content=${quoteText(view)},` +
    ` content_rowid='id', tokenize=${quoteText(TOKENIZER)}, prefix=${quoteText(PREFIX_LENGTHS)})`;
  const createView =
    `CREATE VIEW ${quoteName(view)} (id, ${columns.join(', ')}) AS` +
    ` SELECT t.${ROW_ID}, ${valuesSql(table, 't')} FROM ${quoteName(table.sqlName)} t`;
  const followers = new Map([[view, createView], ...triggers(table, name, columns)]);
  return {
    table: table.sqlName,
    name,
    columns,
    view,
    createTable,
    followers,
    hash: fnv1a64(JSON.stringify([createTable, ...followers])),
  };
}

/** The values of the index's columns, of the row that `row` names. */
const valuesSql = (table: TableModel, row: string): string => {
  const reference = (name: string) => `${row}.${quoteName(name)}`;
  return [
    `hex(${shardKeySql(table.shardKey, reference(table.shardKey.sqlName))})`,
    ...table.search.map(({ sqlName }) => reference(sqlName)),
  ].join(', ');
};

/**
 * They see every change, as those of the log do. Removing a row from the index takes the very values it was indexed
 * with. Updates that set none of the columns leave the index alone.
 */
function triggers(table: TableModel, name: string, columns: readonly string[]): [name: string, sql: string][] {
  const index = quoteName(name);
  const add = `INSERT INTO ${index} (rowid, ${columns.join(', ')}) VALUES (NEW.${ROW_ID}, ${valuesSql(table, 'NEW')});`;
  const remove =
    `INSERT INTO ${index} (${index}, rowid, ${columns.join(', ')})` +
    ` VALUES ('delete', OLD.${ROW_ID}, ${valuesSql(table, 'OLD')});`;
  // With the primary key, because an integer key is the row id.
  const watched = [...new Set([...table.primaryKey.columns, ...table.search])].map(({ sqlName }) => quoteName(sqlName));
  const trigger = (operation: string, event: string, body: readonly string[]): [string, string] => {
    const triggerName = `${SEARCH_PREFIX}${table.sqlName}_${operation}`;
    return [
      triggerName,
      `CREATE TRIGGER ${quoteName(triggerName)} AFTER ${event} ON ${quoteName(table.sqlName)} BEGIN\n  ${body.join('\n  ')}\nEND`,
    ];
  };
  return [
    trigger('insert', 'INSERT', [add]),
    trigger('update', `UPDATE OF ${watched.join(', ')}`, [remove, add]),
    trigger('delete', 'DELETE', [remove]),
  ];
}
