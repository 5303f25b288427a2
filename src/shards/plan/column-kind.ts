import type { Model, WireKind } from '../../model/types.ts';
import type { ComputedColumn, JsonColumn } from './computed.ts';
import { VERSION_COLUMN } from './node.ts';
import type { Source } from './source.ts';

/** What the values of a plan's column are: enough to compare, check and carry them. */
export interface ColumnKind {
  readonly wire: WireKind;
  readonly notNull: boolean;
}

/** Whose columns are meant. */
export type ColumnOwner = Pick<Source, 'table' | 'computed'>;

const VERSION_KIND: ColumnKind = { wire: 'int64', notNull: true };
const COUNT_KIND: ColumnKind = { wire: 'int', notNull: true };
const RANK_KIND: ColumnKind = { wire: 'real', notNull: true };
const HIGHLIGHTS_KIND: ColumnKind = { wire: 'text', notNull: true };
const SUM_KIND: ColumnKind = { wire: 'real', notNull: false };

/** The kind of a column of a source, computed or not; undefined if there is none of this name. */
export function columnKind(model: Model, owner: ColumnOwner, name: string): ColumnKind | undefined {
  if (name === VERSION_COLUMN) return VERSION_KIND;
  const computed = owner.computed.find((column) => column.name === name);
  return computed ? computedKind(model, computed) : model.tableByType.get(owner.table)?.columnByName.get(name);
}

const JSON_WIRES: Readonly<Record<JsonColumn['as'], WireKind>> = {
  text: 'text',
  number: 'real',
  boolean: 'int',
  type: 'text',
  hasText: 'int',
  hasNumber: 'int',
  hasBoolean: 'int',
};

function computedKind(model: Model, computed: ComputedColumn): ColumnKind | undefined {
  if (computed.kind === 'related') return optional(columnKind(model, computed.related, computed.column));
  if (computed.kind === 'rank') return RANK_KIND;
  if (computed.kind === 'highlights') return HIGHLIGHTS_KIND;
  if (computed.kind === 'json') return { wire: JSON_WIRES[computed.as], notNull: false };
  switch (computed.function) {
    case 'count':
    case 'countDistinct':
      return COUNT_KIND;
    case 'sum':
    case 'avg':
      return SUM_KIND;
    case 'min':
    case 'max': {
      const kind = optional(columnKind(model, computed.related, computed.column!));
      // Compared by number, so it is the number that is found.
      return kind?.wire === 'bigintBlob' ? { ...kind, wire: 'int64' } : kind;
    }
  }
}

/** There may be no row to take the value from. */
const optional = (kind: ColumnKind | undefined): ColumnKind | undefined => kind && { wire: kind.wire, notNull: false };
