import { printSchema } from 'graphql';
import { expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/build-schema.ts';
import extensions from '../../src/schema/extensions.ts';
import model from '../../src/schema/model.ts';

it('the API of the shop is the one in schema.graphql (to accept a change: npx vitest run tests/schema -u)', async () => {
  await expect(`${printSchema(buildSchema(model, extensions))}\n`).toMatchFileSnapshot('../../schema.graphql');
});
