/** All rules a model must keep. Each has its own file; the order is the order of their messages. */
import { accessRule } from './access.ts';
import { cachePolicyRule } from './cache-policy.ts';
import { cascadesRule } from './cascades.ts';
import { columnCountRule } from './column-count.ts';
import { columnNamesRule } from './column-names.ts';
import { columnTypesRule } from './column-types.ts';
import { defaultsRule } from './defaults.ts';
import { enumValuesRule } from './enum-values.ts';
import { fieldNamesRule } from './field-names.ts';
import { foreignKeysRule } from './foreign-keys.ts';
import { importNamesRule } from './import-names.ts';
import { keyNamesRule } from './key-names.ts';
import { primaryKeyRule } from './primary-key.ts';
import { rootFieldsRule } from './root-fields.ts';
import type { ModelRule } from './rule.ts';
import { searchRule } from './search.ts';
import { shardKeyRule } from './shard-key.ts';
import { softDeleteRule } from './soft-delete.ts';
import { sqlNamesRule } from './sql-names.ts';
import { typeNamesRule } from './type-names.ts';
import { uniqueIndexesRule } from './unique-indexes.ts';
import { validateRule } from './validate.ts';

export const RULES: readonly ModelRule[] = [
  columnTypesRule,
  columnCountRule,
  sqlNamesRule,
  shardKeyRule,
  primaryKeyRule,
  uniqueIndexesRule,
  foreignKeysRule,
  cascadesRule,
  defaultsRule,
  searchRule,
  enumValuesRule,
  typeNamesRule,
  fieldNamesRule,
  columnNamesRule,
  keyNamesRule,
  importNamesRule,
  rootFieldsRule,
  cachePolicyRule,
  softDeleteRule,
  validateRule,
  accessRule,
];
