import { buildSchema } from '../../../src/schema/build-schema.ts';
import model from '../../../src/schema/model.ts';

/** The demo's model with its schema. */
export const shop = { model, schema: buildSchema(model) };
