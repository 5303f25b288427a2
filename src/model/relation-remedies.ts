/** What to write instead of a relation that cannot be resolved: of tables, columns and constraints that are there. */

import { byColumnsOf } from './key-names.ts';
import { type ModelDraft, targetOf, uniqueColumnSets } from './model-draft.ts';
import type { Link } from './relation-link.ts';
import { code, namesCode, textCode } from './snippets.ts';
import type { TableDraft } from './table-draft.ts';

type Kind = 'one' | 'many';

const relationCode = (kind: Kind, target: TableDraft, { from, to }: Link): string =>
  `${kind}.${target.typeName}({ from: ${namesCode(from)}, to: ${namesCode(to)} })`;

/** For tables that no foreign key joins: columns that could be meant. */
function nameColumns(source: TableDraft, target: TableDraft, kind: Kind): string {
  const link = kind === 'many' ? pairOf(source, target, [source.shardKey], [target.shardKey]) : keyLink(source, target);
  if (link === null) return 'Name the columns of both tables that are equal.';
  return `Name the columns that are equal, such as ${code(relationCode(kind, target, link))}.`;
}

/** For a foreign key of another name, or several of which one has to be named. */
export function nameForeignKey(draft: ModelDraft, source: TableDraft, target: TableDraft, kind: Kind): string {
  const between = (a: TableDraft, b: TableDraft) =>
    a.foreignKeys.filter((foreignKey) => targetOf(draft, foreignKey) === b);
  const keys = kind === 'many' ? between(target, source) : between(source, target);
  const options = keys.map(({ name }) => code(`${kind}.${target.typeName}({ foreignKey: ${textCode(name)} })`));
  if (options.length === 0) return nameColumns(source, target, kind);
  return `Name the foreign key: ${options.join(' or ')}.`;
}

/** For a join table that leads to a side in several ways, or in none. */
export function nameJoinColumns(draft: ModelDraft, source: TableDraft, join: TableDraft, target: TableDraft): string {
  const near = joinLinks(draft, join, source);
  const far = joinLinks(draft, join, target).filter(
    ({ from }) => source !== target || String(from) !== String(near[0]?.from),
  );
  if (near[0] === undefined || far[0] === undefined)
    return 'Name the columns of the join table and of both sides that are equal.';
  const through = `{ type: ${textCode(join.typeName)}, from: ${namesCode(near[0].from)}, to: ${namesCode(far[0].from)} }`;
  const relation = `many.${target.typeName}({ from: ${namesCode(near[0].to)}, through: ${through}, to: ${namesCode(far[0].to)} })`;
  return `Name the columns, such as ${code(relation)}.`;
}

/** For columns that name several rows where one is wanted. */
export function nameKey(target: TableDraft, source: TableDraft, { from, to }: Link): string {
  const keys = uniqueColumnSets(target).map((key) => byColumnsOf(key, target.shardKey));
  const fitting = keys.flatMap((key) => pairOf(source, target, from, key) ?? []);
  const codes = [
    ...fitting.map((link) => relationCode('one', target, link)),
    relationCode('many', target, { from, to }),
  ];
  return `Name a key of ${target.typeName} (${keys.map((key) => key.join(', ')).join(' or ')}), or use many.${target.typeName}: ${[...new Set(codes)].map(code).join(' or ')}.`;
}

/** The same for the far side of a join table. */
export const nameFarKey = (target: TableDraft): string =>
  `Let the join table name a key of ${target.typeName}: ${uniqueColumnSets(target)
    .map((key) => byColumnsOf(key, target.shardKey).join(', '))
    .join(' or ')}.`;

/** Foreign keys of the join table to a side, without the shard keys where others are left; else a key that it could hold. */
function joinLinks(draft: ModelDraft, join: TableDraft, side: TableDraft): Link[] {
  const links = join.foreignKeys
    .filter((foreignKey) => targetOf(draft, foreignKey) === side)
    .map(({ columns, targetColumns }) => ({ from: columns, to: targetColumns }));
  if (links.length > 0) return links;
  const key = keyLink(join, side);
  return key === null ? [] : [key];
}

/** The source's columns that could hold a key of the target. */
function keyLink(source: TableDraft, target: TableDraft): Link | null {
  for (const key of uniqueColumnSets(target).map((columns) => byColumnsOf(columns, target.shardKey))) {
    const from = key.map((name) => {
      const wire = target.columnByName.get(name)?.wire;
      return source.columns.find((column) => column.wire === wire && column.name !== source.shardKey)?.name;
    });
    if (from.every((name) => name !== undefined)) return { from, to: key };
  }
  return null;
}

/** The pair, if its columns are of the same number and types. */
function pairOf(source: TableDraft, target: TableDraft, from: readonly string[], to: readonly string[]): Link | null {
  const isEqual = (name: string, at: number) => {
    const wire = source.columnByName.get(name)?.wire;
    return wire !== undefined && wire === target.columnByName.get(to[at]!)?.wire;
  };
  return from.length === to.length && from.every(isEqual) ? { from, to } : null;
}
