/**
 * Refusals of what this release does not have. Routers and shards of one release share a model, and routers hold requests to theirs
 * before they ask: so a name that the shard lacks is one of another release.
 */
import type { TableModel } from '../../model/types.ts';
import { OtherRelease } from '../errors.ts';

const WHAT_TO_DO = 'a shard still runs another release. Try again in a minute.';

/** Of a member, a kind, or a protocol that nobody knew when this release was made. */
export const ofNewerRelease = (): OtherRelease =>
  new OtherRelease(`Expected a request that this release knows, but got one of a newer: ${WHAT_TO_DO}`);

export const newerProtocol = (newest: number, got: number): OtherRelease =>
  new OtherRelease(`Expected protocol ${newest} or older, but got ${got}: ${WHAT_TO_DO}`);

export const unknownTable = (type: string): OtherRelease =>
  new OtherRelease(`Expected a table of the model, but got "${type}": ${WHAT_TO_DO}`);

export const unknownColumn = ({ typeName }: Pick<TableModel, 'typeName'>, name: string): OtherRelease =>
  new OtherRelease(`Expected a column of ${typeName}, but got "${name}": ${WHAT_TO_DO}`);

export const unknownKey = ({ typeName }: Pick<TableModel, 'typeName'>, columns: readonly string[]): OtherRelease =>
  new OtherRelease(`Expected a primary or unique key of ${typeName}, but got ${columns.join(' and ')}: ${WHAT_TO_DO}`);

export const notSearched = ({ typeName }: Pick<TableModel, 'typeName'>): OtherRelease =>
  new OtherRelease(`Expected full-text columns of ${typeName}, but got others: ${WHAT_TO_DO}`);
