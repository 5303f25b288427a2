/** Mutations that are refused whatever rows there are. */
import type { Operation } from './operation.ts';
import { SHAPES, type Type } from './shapes.ts';

/** What says nothing of which rows it means, or contradicts itself. */
export function wrongs(type: Type, tenant: string): Operation[] {
  const { list } = SHAPES[type];
  const plural = `${list[0]!.toUpperCase()}${list.slice(1)}`;
  const column = Object.keys(SHAPES[type].columns)[0]!;
  const wheres = [
    '{}',
    '{ AND: [] }',
    '{ NOT: {} }',
    `{ ${column}: {} }`,
    `{ OR: [{}] }`,
    `{ ${column}: { ne: null } }`,
  ];
  const by = type === 'BookTag' ? '{ bookIdAndTagId: { bookId: "a", tagId: "b" } }' : '{ id: "i1" }';
  const fields = [
    ...wheres.map((where) => `delete${plural}(where: ${where}, atMost: 5, shardKey: "${tenant}") { affectedCount }`),
    `delete${plural}(where: { ${column}: { eq: "i1" } }, atMost: 5) { affectedCount }`,
    `delete${plural}(where: { ${column}: { eq: "i1" } }, atMost: 0, shardKey: "${tenant}") { affectedCount }`,
    `delete${type}(by: ${by}, shardKey: null) { tenantId }`,
    ...(type === 'Author'
      ? [
          `update${type}(by: ${by}, shardKey: "${tenant}", data: { score: 1 }, atomic: { score: { increment: 1 } }) { id }`,
          `update${type}(by: ${by}, shardKey: "${tenant}", data: { email: "x" }, atomic: { score: { increment: null } }) { id }`,
        ]
      : []),
  ];
  return fields.map((field) => ({ kind: 'wrong', document: `mutation { it: ${field} }`, code: 'BAD_USER_INPUT' }));
}
