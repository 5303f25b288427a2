/**
 * Questions whose answers would betray something: asked once about what is there and hidden, and once about what is not there at all.
 * The answers have to be equal.
 */
import type { Model } from '../../../../src/model/types.ts';
import { encodeNodeId } from '../../../../src/plans/tokens/node-id.ts';
import model from '../../../models/access/model.ts';

/** `<?>` in the query stands for what is hidden, and then for what is not there. */
export type Probe = readonly [name: string, query: string, hidden: string, absent: string];

const idOf = (type: string, ...key: string[]): string => encodeNodeId((model as Model).table(type), key as never);

export const ROWS_BY_KEY: readonly Probe[] = [
  ['by id', '{ doc(by: { id: "<?>" }) { title } }', 'd2', 'd9'],
  ['by id, in the own shard', '{ doc(by: { id: "<?>" }, shardKey: "s1") { title } }', 'd2', 'd9'],
  ['by id, in another tenant’s shard', '{ doc(by: { id: "<?>" }, shardKey: "s2") { title } }', 'd5', 'd9'],
  ['by an id of the own, in another tenant’s shard', '{ doc(by: { id: "<?>" }, shardKey: "s2") { title } }', 'd1', 'd9'],
  ['by id of another tenant, in the own shard', '{ doc(by: { id: "<?>" }, shardKey: "s1") { title } }', 'd5', 'd9'],
  ['by another unique key', '{ doc(by: { slug: "<?>" }) { title } }', 'slug-d2', 'slug-d9'],
  ['by another unique key of another tenant', '{ doc(by: { slug: "<?>" }) { title } }', 'slug-d5', 'slug-d9'],
  ['by a deleted row’s id', '{ doc(by: { id: "<?>" }, includeDeleted: true) { title } }', 'd4', 'd9'],
  ['by nodeId', '{ node(nodeId: "<?>") { __typename nodeId } }', idOf('Doc', 's1', 'd2'), idOf('Doc', 's1', 'd9')],
  ['by nodeId of another tenant', '{ node(nodeId: "<?>") { __typename } }', idOf('Doc', 's2', 'd5'), idOf('Doc', 's2', 'd9')],
  ['by nodeId of a deleted row', '{ node(nodeId: "<?>") { __typename } }', idOf('Doc', 's1', 'd4'), idOf('Doc', 's1', 'd9')],
  ['by nodeIds', '{ nodes(nodeIds: ["<?>"]) { __typename } }', idOf('Note', 's1', 'n2'), idOf('Note', 's1', 'n9')],
  ['by nodeId of a hidden row, with its type', '{ node(nodeId: "<?>") { ... on Doc { title } } }', idOf('Doc', 's1', 'd2'), idOf('Doc', 's1', 'd9')],
  ['the tenant itself', '{ space(by: { id: "<?>" }) { name } }', 's2', 's9'],
  ['the tenant itself, by its shard', '{ space(by: { id: "<?>" }, shardKey: "<?>") { name } }', 's2', 's9'],
  ['a membership of another tenant', '{ membership(by: { personId: "p1" }, shardKey: "<?>") { level } }', 's2', 's9'],
]; // biome-ignore format: a table

export const LISTS: readonly Probe[] = [
  ['of another tenant’s shard', '{ docs(shardKey: "<?>") { totalCount nodes { title } pageInfo { hasNextPage } } }', 's2', 's9'],
  ['filtered to another tenant', '{ docs(where: { spaceId: { eq: "<?>" } }) { totalCount nodes { title } } }', 's2', 's9'],
  ['filtered to anything but the tenant', '{ docs(where: { spaceId: { ne: "<?>" } }) { totalCount } }', 's1', 's1'],
  ['of all tenants by OR', '{ docs(where: { OR: [{ spaceId: { eq: "<?>" } }, { id: { eq: "none" } }] }) { totalCount } }', 's2', 's9'],
  ['by NOT of a filter', '{ docs(where: { NOT: { NOT: { id: { eq: "<?>" } } } }) { totalCount } }', 'd2', 'd9'],
  ['by a text of a hidden row', '{ docs(where: { title: { contains: "<?>" } }) { totalCount } }', 'HIDDEN', 'HIDDXN'],
  ['by a prefix of a hidden row’s text', '{ docs(where: { title: { istartsWith: "<?>" } }) { totalCount } }', 'hid', 'hiz'],
  ['by LIKE', '{ docs(where: { title: { like: "<?>" } }) { totalCount } }', 'HIDD%', 'HIDX%'],
  ['by JSON of a hidden row', '{ docs(where: { meta: { path: "key", startsWith: "<?>" } }) { totalCount } }', 'HIDDEN', 'HIDDXN'],
  ['deleted ones', '{ docs(where: { id: { eq: "<?>" } }, includeDeleted: true) { totalCount } }', 'd4', 'd9'],
  ['searched', '{ docs(search: "<?>") { totalCount edges { cursor node { title } highlights { text } } } }', 'HIDDEN', 'HIDDXN'],
  ['searched by prefix', '{ docs(search: "<?>*") { totalCount } }', 'hidd', 'hidx'],
  ['searched by exclusion', '{ docs(search: "mine -<?>") { totalCount nodes { id } } }', 'HIDDEN', 'HIDDXN'],
  ['searched in another tenant’s shard', '{ docs(search: "published", shardKey: "<?>") { totalCount } }', 's2', 's9'],
  ['with aliases', '{ a: docs(shardKey: "<?>") { totalCount } b: docs(shardKey: "<?>") { nodes { id } } }', 's2', 's9'],
]; // biome-ignore format: a table

export const RELATIONS: readonly Probe[] = [
  ['filter through a hidden parent', '{ docs(where: { parent: { title: { startsWith: "<?>" } } }) { totalCount } }', 'HIDDEN', 'HIDDXN'],
  ['filter by hidden children', '{ docs(where: { children: { some: { id: { eq: "<?>" } } } }) { totalCount } }', 'd2', 'd9'],
  ['filter that every related row has to pass', '{ docs(where: { notes: { every: { stars: { lt: <?> } } } }) { nodes { id } } }', '900', '901'],
  ['filter that none may', '{ docs(where: { notes: { none: { id: { eq: "<?>" } } } }) { nodes { id } } }', 'n2', 'n9'],
  ['filter through hidden tags', '{ docs(where: { tags: { some: { id: { eq: "<?>" } } } }) { totalCount } }', 't2', 't9'],
  ['filter by a person’s documents', '{ people(where: { docs: { some: { id: { eq: "<?>" } } } }) { nodes { id } } }', 'd2', 'd9'],
  ['filter by a person’s documents elsewhere', '{ people(where: { docs: { some: { spaceId: { eq: "<?>" } } } }) { nodes { id } } }', 's2', 's9'],
  ['filter by what is shared with a person', '{ people(where: { shared: { some: { id: { eq: "<?>" } } } }) { nodes { id } } }', 'd5', 'd9'],
  ['hop to documents of other tenants', '{ person(by: { id: "p1" }) { docs(where: { spaceId: { eq: "<?>" } }) { totalCount nodes { title } } } }', 's2', 's9'],
  ['hop through a join table', '{ person(by: { id: "p1" }) { shared(where: { id: { eq: "<?>" } }) { totalCount nodes { title } } } }', 'd5', 'd9'],
  ['hop from a note to its hidden document', '{ note(by: { id: "n3" }) { doc { title } } notes(where: { doc: { id: { eq: "<?>" } } }) { totalCount } }', 'd2', 'd9'],
  ['filter by a count of related rows', '{ docs(where: { notesAggregate: { where: { text: { startsWith: "<?>" } }, count: { gt: 0 } } }) { totalCount } }', 'HIDDEN', 'HIDDXN'],
  ['filter by a sum of related rows', '{ docs(where: { notesAggregate: { max: { stars: { eq: <?> } } } }) { totalCount } }', '900', '901'],
  ['filter by a person’s notes elsewhere', '{ people(where: { notes: { some: { id: { eq: "<?>" } } } }) { nodes { id } } }', 'n4', 'n9'],
]; // biome-ignore format: a table

/** Names are of equal length: errors tell where they stand. */
export const COLUMNS: readonly Probe[] = [
  ['shown', '{ docs { nodes { <?> } } }', 'secret', 'zecret'],
  ['shown under an alias', '{ docs { nodes { title: <?> } } }', 'secret', 'zecret'],
  ['filtered', '{ docs(where: { <?>: { eq: "x" } }) { totalCount } }', 'secret', 'zecret'],
  ['filtered in a relation', '{ notes(where: { doc: { <?>: { startsWith: "H" } } }) { totalCount } }', 'secret', 'zecret'],
  ['ordered', '{ docs(orderBy: [{ <?>: ASC }]) { nodes { id } } }', 'secret', 'zecret'],
  ['ordered through a relation', '{ notes(orderBy: [{ doc: { <?>: ASC } }]) { nodes { id } } }', 'serial', 'zerial'],
  ['measured', '{ docs { aggregate { max { <?> } } } }', 'serial', 'zerial'],
  ['counted', '{ docs { aggregate { countDistinct { <?> } } } }', 'secret', 'zecret'],
  ['grouped', '{ docs { groupBy(by: [{ field: <?> }]) { count } } }', 'SECRET', 'ZECRET'],
  ['filtered by a measure', '{ space(by: { id: "s1" }) { docs(where: { childrenAggregate: { max: { <?>: { gt: 0 } } } }) { totalCount } } }', 'serial', 'zerial'],
  ['of a person', '{ people { nodes { <?> } } }', 'email', 'zmail'],
  ['of a person, filtered', '{ people(where: { <?>: { gt: 1 } }) { nodes { id } } }', 'rank', 'zank'],
  ['of a person, as a relation’s filter', '{ docs(where: { owner: { <?>: { gt: 1 } } }) { nodes { id } } }', 'rank', 'zank'],
  ['of the tenant', '{ space(by: { id: "s1" }) { <?> } }', 'budget', 'zudget'],
  ['of deletion', '{ docs(includeDeleted: true) { nodes { <?> } } }', 'deletedAt', 'zeletedAt'],
  ['in a unique key', '{ doc(by: { <?>: 2 }) { id } }', 'serial', 'zerial'],
  ['in a fragment', '{ docs { nodes { ...f } } } fragment f on Doc { <?> }', 'secret', 'zecret'],
  ['in variables', 'query ($w: DocWhere = { <?>: { eq: "x" } }) { docs(where: $w) { totalCount } }', 'secret', 'zecret'],
]; // biome-ignore format: a table

export const TYPES: readonly Probe[] = [
  ['as a list', '{ <?> { totalCount } }', 'events', 'zvents'],
  ['as a row', '{ <?>(by: { at: "2026-01-02T03:04:05.000Z" }) { what } }', 'event', 'zvent'],
  ['as a relation', '{ space(by: { id: "s1" }) { <?> { totalCount } } }', 'events', 'zvents'],
  ['as a fragment’s type', '{ docs { nodes { ... on <?> { id } } } }', 'Event', 'Zvent'],
  ['as a node’s type', `{ node(nodeId: "${idOf('Doc', 's1', 'd1')}") { ... on <?> { what } } }`, 'Event', 'Zvent'],
  ['as a variable’s type', 'query ($w: <?>Where) { docs { totalCount } }', 'Event', 'Zvent'],
  ['as a filter of a relation', '{ spaces(where: { <?>: { some: {} } }) { totalCount } }', 'events', 'zvents'],
  ['by nodeId', '{ node(nodeId: "<?>") { __typename } }', idOf('Event', 's1', '2026-01-02T03:04:05.000Z'), `${idOf('Event', 's1', '2026-01-02T03:04:05.000Z').slice(0, -1)}_`],
  ['by introspection', '{ __type(name: "<?>") { fields { name } } }', 'Event', 'Zvent'],
]; // biome-ignore format: a table
