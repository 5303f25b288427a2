import { fnv1a64 } from '../../../lib/fnv1a.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { CREATE_CLOCK_TABLE, renewClockTable } from './clock-table.ts';
import { CREATE_COPIED_ROWS_TABLE } from './copied-rows-table.ts';
import { CREATE_COPIES_TABLE, renewCopiesTable } from './copies-table.ts';
import { CREATE_ENTRY_LIFE_TABLE } from './entry-life-table.ts';
import {
  CREATE_IDEMPOTENCY_CLOCK_TABLE,
  CREATE_IDEMPOTENCY_INDEX,
  CREATE_IDEMPOTENCY_TABLE,
  renewIdempotencyTable,
} from './idempotency-table.ts';
import { CREATE_IDENTITY_TABLE, identify } from './identity-table.ts';
import { CREATE_KEYS_TABLE } from './keys-table.ts';
import { CREATE_LOG_ARCHIVE_TABLE } from './log-archive-table.ts';
import { CREATE_LOG_STATE_TABLE, renewLogStateTable } from './log-state-table.ts';
import { CREATE_END_OF_LOG_TRIGGER, CREATE_END_OF_LOG_VIEW, CREATE_LOG_TABLE } from './log-table.ts';
import { CREATE_MIGRATIONS_TABLE, renewMigrationsTable } from './migrations-table.ts';
import { CREATE_OPERATIONS_TABLE, renewOperationsTable } from './operations-table.ts';
import { CREATE_REBUILD_ROWS_TABLE, CREATE_REBUILDS_TABLE } from './rebuilds-table.ts';
import { CREATE_RESTORES_INDEX, CREATE_RESTORES_TABLE } from './restores-table.ts';
import { CREATE_SEARCH_TABLE } from './search-table.ts';
import { CREATE_EPOCH_TABLE, CREATE_SLOTS_TABLE, renewSlotsTable } from './slots-table.ts';
import { CREATE_SYSTEM_TABLE, readTablesHash, writeTablesHash } from './system-table.ts';
import { CREATE_TASKS_TABLE, renewTasksTable } from './tasks-table.ts';
import { CREATE_TRACES_TABLE } from './traces-table.ts';

const SYSTEM_TABLES = [
  CREATE_IDENTITY_TABLE,
  CREATE_SYSTEM_TABLE,
  CREATE_CLOCK_TABLE,
  CREATE_SLOTS_TABLE,
  CREATE_EPOCH_TABLE,
  CREATE_KEYS_TABLE,
  CREATE_LOG_TABLE,
  CREATE_LOG_STATE_TABLE,
  CREATE_END_OF_LOG_VIEW,
  CREATE_END_OF_LOG_TRIGGER,
  CREATE_LOG_ARCHIVE_TABLE,
  CREATE_OPERATIONS_TABLE,
  CREATE_IDEMPOTENCY_TABLE,
  CREATE_IDEMPOTENCY_INDEX,
  CREATE_IDEMPOTENCY_CLOCK_TABLE,
  CREATE_MIGRATIONS_TABLE,
  CREATE_REBUILDS_TABLE,
  CREATE_REBUILD_ROWS_TABLE,
  CREATE_RESTORES_TABLE,
  CREATE_COPIES_TABLE,
  CREATE_COPIED_ROWS_TABLE,
  CREATE_RESTORES_INDEX,
  CREATE_ENTRY_LIFE_TABLE,
  CREATE_SEARCH_TABLE,
  CREATE_TASKS_TABLE,
  CREATE_TRACES_TABLE,
];

const TABLES_HASH = fnv1a64(SYSTEM_TABLES.join('\n'));

/**
 * Makes ShardQL's own tables where they are missing, or of another release. They exist before the first migration of the model's
 * tables. Where they are as they should be it reads one row, and writes nothing.
 */
export function createSystemTables(session: SqlSession): void {
  if (readTablesHash(session) === TABLES_HASH) return;
  renewSlotsTable(session);
  for (const statement of SYSTEM_TABLES) session.run(statement);
  identify(session);
  renewClockTable(session);
  renewCopiesTable(session);
  renewLogStateTable(session);
  renewIdempotencyTable(session);
  renewMigrationsTable(session);
  renewOperationsTable(session);
  renewTasksTable(session);
  writeTablesHash(session, TABLES_HASH);
}
