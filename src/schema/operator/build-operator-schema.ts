import { type GraphQLSchema, valueFromASTUntyped } from 'graphql';
import { adviceField } from './advice-field.ts';
import { alertFields } from './alert-fields.ts';
import { apiKeyFields } from './api-key-fields.ts';
import { auditLogField } from './audit-log-field.ts';
import { backupFields } from './backup-fields.ts';
import { deadLetterFields } from './dead-letter-fields.ts';
import { explainAccessField } from './explain-access-field.ts';
import { cacheEntryField } from './inspection/cache-entry-field.ts';
import { changesField } from './inspection/changes-field.ts';
import { operationField } from './inspection/operation-field.ts';
import { shardKeyField } from './inspection/shard-key-field.ts';
import { keyPlacementFields } from './key-placement-fields.ts';
import { migrationFields } from './migration-fields.ts';
import { busyShardKeysField } from './monitor/busy-shard-keys-field.ts';
import { operationsField } from './monitor/operations-field.ts';
import { seriesField } from './monitor/series-field.ts';
import { slowOperationsField } from './monitor/slow-operations-field.ts';
import { createOperatorBuilder, type OperatorField } from './operator-builder.ts';
import { bookmarkFields } from './recovery/bookmark-fields.ts';
import { restoreFields } from './recovery/restore-fields.ts';
import { undoField } from './recovery/undo-field.ts';
import { rolesField } from './roles-field.ts';
import { sessionField } from './session-field.ts';
import { shardsField } from './shards-field.ts';
import { tablesField } from './tables-field.ts';
import { warmField } from './warm-field.ts';

/** All fields, by what they are about. */
const FIELDS: readonly OperatorField[] = [
  shardsField,
  undoField,
  restoreFields,
  apiKeyFields,
  sessionField,
  backupFields,
  auditLogField,
  explainAccessField,
  rolesField,
  bookmarkFields,
  keyPlacementFields,
  deadLetterFields,
  migrationFields,
  tablesField,
  warmField,
  changesField,
  operationField,
  shardKeyField,
  cacheEntryField,
  seriesField,
  operationsField,
  slowOperationsField,
  busyShardKeysField,
  alertFields,
  adviceField,
];

/** The schema of operators: what they ask of shards, of operations and of callers, whatever the model is. */
export function buildOperatorSchema(): GraphQLSchema {
  const builder = createOperatorBuilder();
  builder.scalarType('JSON', {
    description: 'Any JSON value.',
    serialize: (value) => value,
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  });
  builder.queryType({});
  builder.mutationType({});
  for (const add of FIELDS) add(builder);
  return builder.toSchema();
}
