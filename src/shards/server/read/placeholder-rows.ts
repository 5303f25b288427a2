import type { WireKind, WireValue } from '../../../model/types.ts';
import { HIGHLIGHTS_COLUMN } from '../../plan/computed.ts';
import { type ShardKey, shardKeyToWire } from '../../shard-key.ts';
import type { CompiledNode } from './compiled-node.ts';
import type { Scope } from './parameters.ts';
import type { Field } from './wire-sql.ts';

/** How many different rows are made up: two, so that the levels below are read for several keys, as they mostly are. */
const VARIANTS = 2;

/**
 * Rows in place of those that a statement would give, where statements are explained instead of run: per key the one row,
 * or a page. They are valid values of their columns, and have what is known of the key and the shard key.
 */
export function placeholderRows(node: CompiledNode, { keys, shardKeys, values }: Scope): WireValue[][][] {
  const count = node.page === null ? 1 : Math.min(VARIANTS, Number(values[node.page.limit]));
  return keys.keys.map((key, keyAt) =>
    Array.from({ length: count }, (_, rowAt) =>
      node.columns.map((field) => knownCell(node, field, key, shardKeys) ?? placeholder(node, field, keyAt + rowAt)),
    ),
  );
}

function knownCell(node: CompiledNode, { name }: Field, key: readonly WireValue[], shardKeys: Scope['shardKeys']) {
  const { table, match, through, shardKeyPart } = node;
  const position = through ? -1 : match.findIndex((field) => field.name === name);
  if (position >= 0) return key[position];
  if (name !== table.shardKey.name) return undefined;
  if (shardKeyPart >= 0) return key[shardKeyPart];
  return shardKeys?.length === 1 ? shardKeyToWire(table.shardKey, shardKeys[0] as ShardKey) : undefined;
}

/** A made-up value of a column; equal numbers, counted in turn, give equal values. */
export function placeholder({ table }: Pick<CompiledNode, 'table'>, { name, wire }: Field, number: number): WireValue {
  const variant = number % VARIANTS;
  const column = table.columnByName.get(name);
  if (name === HIGHLIGHTS_COLUMN) return '[]';
  if (column?.enum) return column.enum.values[variant % column.enum.values.length]![1];
  if (column?.scalar === 'JSON') return '{}';
  if (column?.dateTime === 'iso') return `2000-01-0${variant + 1}T00:00:00.000Z`;
  return BY_WIRE[wire][variant]!;
}

const BY_WIRE: Readonly<Record<WireKind, readonly WireValue[]>> = {
  text: ['a', 'b'],
  int: [0, 1],
  int64: ['1', '2'],
  real: [1, 2],
  decimal: ['1', '2'],
  blob: ['01', '02'],
  bigintBlob: ['1', '2'],
  jsonBlob: ['{}', '{}'],
};
