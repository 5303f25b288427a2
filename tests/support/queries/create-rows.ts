import type { GraphQLApi } from '../graphql.ts';
import type { Entity, Row, World } from './world.ts';

const ROWS_PER_REQUEST = 40;

/** Creates all rows of a world, as clients do. */
export async function createWorldRows(api: GraphQLApi, world: World): Promise<void> {
  for (const entity of world.entities) await createRows(api, entity, world.rows[entity.type]!);
}

async function createRows(api: GraphQLApi, entity: Entity, rows: readonly Row[]): Promise<void> {
  const { type, columns } = entity;
  const given = columns.filter(({ generated }) => !generated);
  for (let start = 0; start < rows.length; start += ROWS_PER_REQUEST) {
    const chunk = rows.slice(start, start + ROWS_PER_REQUEST);
    const declared = chunk.map((_, at) => `$d${at}: ${type}CreateInput!`).join(', ');
    const fields = chunk.map((_, at) => `m${at}: create${type}(data: $d${at}) { nodeId }`).join('\n');
    const variables = Object.fromEntries(
      chunk.map((row, at) => [`d${at}`, Object.fromEntries(given.map(({ name }) => [name, row[name]]))]),
    );
    const { errors } = await api.graphql(`mutation (${declared}) {\n${fields}\n}`, variables);
    if (errors.length > 0)
      throw new Error(`Expected rows of ${type} to be created, but got ${JSON.stringify(errors[0])}`);
  }
}
