/** Mutations of a caller as data: what the generator makes, the renderer prints and the oracle judges. */
import type { Row } from '../../queries/world.ts';

export type Kind =
  | 'create'
  | 'update'
  | 'upsert'
  | 'delete'
  | 'restore'
  | 'purge'
  | 'createMany'
  | 'updateMany'
  | 'upsertMany'
  | 'deleteMany';

/** Arguments as they stand in GraphQL variables. */
export type Arguments = Readonly<Record<string, unknown>>;

export interface Step {
  readonly kind: Kind;
  readonly type: string;
  /** Name of the mutation. */
  readonly field: string;
  readonly args: Arguments;
}

/** A row that a write names by a key, or refers to. */
export interface NamedRow {
  readonly type: string;
  readonly key: Row;
  /** `find`: it has to be there. `make`: it is created unless it is there. `refer`: a column of a new or changed row leads to it. */
  readonly for: 'find' | 'make' | 'refer';
}

export interface Write {
  /** Of a transaction, or the one that there is. */
  readonly steps: readonly Step[];
  readonly isTransaction: boolean;
  readonly isDry: boolean;
  readonly names: readonly NamedRow[];
}

const upper = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** @param list name of the table's list. */
export const mutationOf = (kind: Kind, type: string, list: string): string =>
  kind.endsWith('Many') ? `${kind.slice(0, -4)}${upper(list)}` : `${kind}${type}`;

export const KINDS: readonly Kind[] = [
  'create',
  'update',
  'upsert',
  'delete',
  'restore',
  'purge',
  'createMany',
  'updateMany',
  'upsertMany',
  'deleteMany',
];
