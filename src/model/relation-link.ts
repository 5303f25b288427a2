/** Links: pairs of columns that lead from one table to another, found in foreign keys or named by the user. */
import { byColumnsOf } from './key-names.ts';
import { type ModelDraft, pairsShardKeys, targetOf, uniqueColumnSets } from './model-draft.ts';
import type { TableDraft } from './table-draft.ts';

export interface Link {
  /** Columns of the source and of the target, pair by pair. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export const asList = (columns: string | readonly string[]): readonly string[] =>
  typeof columns === 'string' ? [columns] : columns;

export const flip = ({ from, to }: Link): Link => ({ from: to, to: from });

/** Links by the source's foreign keys to the target; only those of one constraint name, if it is given. */
export function foreignKeyLinks(draft: ModelDraft, source: TableDraft, target: TableDraft, name?: string): Link[] {
  return source.foreignKeys
    .filter((foreignKey) => targetOf(draft, foreignKey) === target && (name === undefined || foreignKey.name === name))
    .map((foreignKey) => ({ from: foreignKey.columns, to: foreignKey.targetColumns }));
}

/** The same links once each, whatever the order of their pairs. */
export function distinctLinks(links: readonly Link[]): Link[] {
  return [...new Map(links.map((link) => [pairsText(link), link])).values()];
}

const pairsText = ({ from, to }: Link): string =>
  JSON.stringify(from.map((column, index) => [column, to[index]]).sort());

/**
 * Adds the pair of shard keys to columns that a user named: within a domain, what is a tenant's stays with that tenant. Where
 * the user named one of the shard keys, the columns are complete as they are: `parentId → id` leads to another shard if `id` is
 * the shard key. They are complete, too, where both shard keys are the rows' own ids: there the pair would mean one row, and
 * no row belongs to a tenant.
 */
export function withShardKeys(source: TableDraft, target: TableDraft, sameDomain: boolean, link: Link): Link {
  if (!sameDomain || link.from.includes(source.shardKey) || link.to.includes(target.shardKey)) return link;
  if (isOwnId(source) && isOwnId(target)) return link;
  return { from: [source.shardKey, ...link.from], to: [target.shardKey, ...link.to] };
}

/** True if each row has a shard key of its own. */
const isOwnId = (table: TableDraft): boolean =>
  uniqueColumnSets(table).some((key) => key.length === 1 && key[0] === table.shardKey);

/** True if both ends of the link always lie in the same shard. */
export const isColocated = (source: TableDraft, target: TableDraft, sameDomain: boolean, link: Link): boolean =>
  sameDomain && pairsShardKeys(source, target, link.from, link.to);

/** True if a foreign key of the source guarantees that the link's target exists. */
export const isBacked = (draft: ModelDraft, source: TableDraft, target: TableDraft, link: Link): boolean =>
  foreignKeyLinks(draft, source, target).some((candidate) => pairsText(candidate) === pairsText(link));

/** True if at most one row of the table has given values in the columns, among those of one shard key. */
export const isUniquePerShardKey = (table: TableDraft, columns: readonly string[]): boolean =>
  uniqueColumnSets(table).some((key) => key.every((column) => column === table.shardKey || columns.includes(column)));

/**
 * True if the columns name a row as the argument `by` does: by a key, which needs the shard key only if that is all of it. Rows of
 * different shard keys are trusted to have different ids; if several are found after all, that is an error then.
 */
export const namesRowAcrossShards = (table: TableDraft, columns: readonly string[]): boolean =>
  uniqueColumnSets(table).some((key) => byColumnsOf(key, table.shardKey).every((column) => columns.includes(column)));
