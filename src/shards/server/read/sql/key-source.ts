import type { TableModel } from '../../../../model/types.ts';
import { type ShardKey, shardKeySql, shardKeyTag, shardKeyToWire, toShardKey } from '../../../shard-key.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { isOwnedSql } from '../../tables/slots-table.ts';
import type { CompiledNode, CompiledThrough } from '../compile/compiled-node.ts';
import type { StoredField } from '../compile/fields.ts';
import { type Expression, expression } from './expression.ts';
import { keysToJson } from './key-set.ts';
import type { Parameters } from './parameters.ts';
import { deepened, RowCompiler, type StatementParts } from './row-compiler.ts';
import { columnSql, storedSql } from './wire-sql.ts';

/** What, besides a node's shape, decides the text of its statements. */
export interface Variant {
  /** Positions where keys differ; empty for a single key. */
  readonly varying: readonly number[];
  /** Leave out rows of slots that the shard does not own. */
  readonly visibleOnly: boolean;
  /** Shard keys the rows are confined to by a condition of their own; `any` where keys say it or nothing does. */
  readonly confinement: 'any' | 'one' | 'many';
  /** The statement goes through the shard keys of the rows, one after the other: `s.key`. Absent: it does not. */
  readonly eachShardKey?: true;
}

export const confinementOf = (shardKeys: readonly ShardKey[] | null): Variant['confinement'] =>
  shardKeys === null ? 'any' : shardKeys.length === 1 ? 'one' : 'many';

/** Rows of the keys, for one statement: which rows of `alias` belong to the key at hand. */
export class KeySource {
  readonly #node: CompiledNode;
  readonly #variant: Variant;
  readonly #parameters: Parameters;
  readonly #parts: StatementParts;

  constructor(node: CompiledNode, variant: Variant, parts: StatementParts) {
    this.#node = node;
    this.#variant = variant;
    this.#parameters = parts.parameters;
    this.#parts = parts;
  }

  /** One row `k` per key; null for a single key, whose parts are plain parameters (point reads are faster so). */
  keysSql(): string | null {
    if (this.#variant.varying.length === 0) return null;
    return `json_each(${this.#parameters.use('keys', ({ keys }) => keysToJson(keys))}) k`;
  }

  conditions(alias: string): Expression[] {
    const { through, match, table } = this.#node;
    const conditions = through
      ? [this.#throughSql(alias, through)]
      : match.map((field, position) => expression(`${columnSql(alias, field)} = ${this.#keyPartSql(field, position)}`));
    const confined = this.#confinementSql(alias);
    if (confined) conditions.push(expression(confined));
    if (this.#variant.visibleOnly && !this.#knowsShardKeys) conditions.push(expression(this.#visibleSql(alias, table)));
    return conditions;
  }

  /**
   * A common table expression of the shard keys that rows of the table have, or may have: one row for each. Without a list, the index is
   * asked for one after the other: `_keys` has those of all tables, and of rows that are gone.
   */
  shardKeysCte(name: string): string {
    const { table } = this.#node;
    if (this.#variant.confinement !== 'any') return `${name} AS MATERIALIZED (${this.#listedShardKeysSql()})`;
    const column = columnSql('t', table.shardKey);
    const next = (where: string) => `SELECT min(${column}) FROM ${quoteName(table.sqlName)} t${where}`;
    const all = `_all(key) AS (${next('')} UNION ALL SELECT (${next(` WHERE ${column} > a.key`)}) FROM _all a WHERE a.key IS NOT NULL)`;
    const shown = this.#variant.visibleOnly ? ` AND ${this.#ownedSql(shardKeySql(table.shardKey, 'key'))}` : '';
    return `${name} AS MATERIALIZED (WITH RECURSIVE ${all} SELECT key FROM _all WHERE key IS NOT NULL${shown})`;
  }

  /** Rows of a table of the same domain that have the shard key of a key; none if keys do not say it. */
  shardKeyConditions(alias: string, table: TableModel): Expression[] {
    const { shardKeyPart: position } = this.#node;
    const column = columnSql(alias, table.shardKey);
    if (this.#variant.confinement !== 'any') return [expression(this.#confinedSql(alias, table)!)];
    if (position < 0) return [];
    const part = this.#keyPartSql(table.shardKey, position);
    const isFixed = !this.#variant.varying.includes(position);
    return [expression(isFixed ? `${column} = ${part}` : `${column} IN (SELECT ${part} FROM ${this.keysSql()})`)];
  }

  #keyPartSql(field: StoredField, position: number): string {
    const { varying } = this.#variant;
    const at = varying.indexOf(position);
    if (at < 0) {
      return storedSql(
        field.wire,
        this.#parameters.use(`key ${position}`, ({ keys }) => keys.keys[0]![position]!),
      );
    }
    return storedSql(field.wire, varying.length === 1 ? 'k.value' : `(k.value ->> ${at})`);
  }

  /** The join rows are found first. */
  #throughSql(alias: string, { rows, fields, to }: CompiledThrough): Expression {
    const { table, match, toColumns: columns } = this.#node;
    const joined = new RowCompiler(fields, 'j', this.#parts, 'once');
    const near = match.map((field, at) => `${columnSql('j', field)} = ${this.#keyPartSql(field, at)}`);
    if (this.#variant.visibleOnly) near.push(this.#visibleSql('j', fields.table));
    const { sql, kept } = joined.reachedThrough({ alias, table, columns }, rows, to, near, 'n');
    return deepened(expression(sql), kept);
  }

  #confinementSql(alias: string): string | null {
    const { table } = this.#node;
    if (this.#variant.eachShardKey) return `${columnSql(alias, table.shardKey)} = s.key`;
    if (this.#variant.confinement !== 'any') return this.#confinedSql(alias, table);
    return this.#seeksShardKeys ? `${columnSql(alias, table.shardKey)} IN (${this.#storedShardKeysSql()})` : null;
  }

  #confinedSql(alias: string, { shardKey }: TableModel): string | null {
    const column = columnSql(alias, shardKey);
    switch (this.#variant.confinement) {
      case 'any':
        return null;
      case 'one': {
        const value = this.#parameters.use('shard key', ({ shardKeys }) => shardKeyToWire(shardKey, shardKeys![0]!));
        return `${column} = ${storedSql(shardKey.wire, value)}`;
      }
      case 'many':
        return `${column} IN (${this.#listedShardKeysSql(shardKey)})`;
    }
  }

  #listedShardKeysSql(shardKey = this.#node.table.shardKey): string {
    const list = this.#parameters.use('shard keys', ({ shardKeys }) =>
      JSON.stringify(shardKeys!.map((key) => shardKeyToWire(shardKey, key))),
    );
    return `SELECT ${storedSql(shardKey.wire, 'value')} AS key FROM json_each(${list})`;
  }

  /** A lookup without a shard key, where each index starts with the shard key: one seek per shard key, not a scan. */
  get #seeksShardKeys(): boolean {
    return this.#node.seeksShardKeys && this.#variant.confinement === 'any';
  }

  /** Of the shard keys only owned ones are taken. */
  get #knowsShardKeys(): boolean {
    return this.#seeksShardKeys || (this.#variant.eachShardKey === true && this.#variant.confinement === 'any');
  }

  #storedShardKeysSql(): string {
    const { shardKey } = this.#node.table;
    // Canonical text is a tag, a colon and the key; substr stops at NUL in texts, not in blobs.
    const body = 'CAST(substr(CAST(shard_key AS BLOB), 3) AS TEXT)';
    const tag = shardKeyTag(shardKey);
    const owned = this.#variant.visibleOnly ? ` AND ${isOwnedSql('_keys.slot')}` : '';
    const key = tag === 'i' ? `CAST(${body} AS INTEGER)` : storedSql(shardKey.wire, body);
    // ';' follows ':'.
    return `SELECT ${key} FROM _keys WHERE shard_key >= '${tag}:' AND shard_key < '${tag};'${owned}`;
  }

  /** The slot of the row's shard key is owned. One lookup for the whole statement where the shard key is fixed. */
  #visibleSql(alias: string, table: TableModel): string {
    const owned = (key: string) => this.#ownedSql(key);
    const { shardKeyPosition: position } = this.#node;
    if (this.#variant.confinement === 'one') {
      return owned(this.#parameters.use('canonical shard key', ({ shardKeys }) => shardKeys![0]!));
    }
    if (position >= 0 && !this.#variant.varying.includes(position)) {
      return owned(
        this.#parameters.use('canonical key', ({ keys }) => toShardKey(table.shardKey, keys.keys[0]![position]!)),
      );
    }
    return owned(shardKeySql(table.shardKey, columnSql(alias, table.shardKey)));
  }

  #ownedSql(key: string): string {
    return `EXISTS (SELECT 1 FROM _keys o WHERE o.shard_key = ${key} AND ${isOwnedSql('o.slot')})`;
  }
}
