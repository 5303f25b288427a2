/**
 * Makes the next migration from the model, with drizzle-kit, and bundles all of them for the Worker.
 *
 *     node scripts/db-generate.ts [--model src/schema/model.ts] [--out src/schema/migrations] [--name add_notes]
 *
 * Does nothing if the model's tables are as the last migration left them. Where a table or column may have been
 * renamed, drizzle-kit asks; without a terminal to ask at, nothing is written.
 */
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { physicalHash } from '../src/model/physical.ts';
import type { Model } from '../src/model/types.ts';
import { writeBundle } from './migrations/bundle.ts';
import { tableFacts } from './migrations/facts.ts';
import {
  addMigration,
  nextTag,
  readMigrationFolder,
  sqlPath,
  statementsHash,
  writeFacts,
} from './migrations/migration-folder.ts';
import { type Snapshot, takeSnapshot } from './migrations/snapshot.ts';
import { checkAddedColumns, repairRebuilds } from './migrations/statements.ts';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'src/schema/model.ts' },
    out: { type: 'string', default: 'src/schema/migrations' },
    name: { type: 'string' },
  },
});

try {
  await generate(resolve(options.model), resolve(options.out), options.name);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function generate(modelPath: string, folderPath: string, name: string | undefined): Promise<void> {
  const model = await importModel(modelPath);
  const folder = readMigrationFolder(folderPath);
  const last = folder.migrations.at(-1);
  const { generateSQLiteDrizzleJson, generateSQLiteMigration } = await import('drizzle-kit/api');
  const previous: Snapshot = last?.snapshot ?? (await generateSQLiteDrizzleJson({}));
  const current = await takeSnapshot(model.physicalTables, last?.snapshot ?? null);
  const generated: string[] = await generateSQLiteMigration(previous as never, current as never);
  if (generated.length === 0) {
    const index = folder.migrations.length - 1;
    const { renames = [], checks = [], reverts = null } = last?.facts ?? {};
    const facts = last && {
      hash: statementsHash(last.statements),
      renames,
      checks,
      reverts,
      tables: tableFacts(model),
    };
    const isKept = JSON.stringify(facts) === JSON.stringify(last?.facts);
    const kept = facts && !isKept ? writeFacts(folder, index, facts) : folder;
    const written = writeBundle(kept, physicalHash(model));
    console.log(written || !isKept ? 'No new migration; the bundle was made anew.' : 'Nothing changed.');
    return;
  }
  checkAddedColumns(previous, current);
  const statements = repairRebuilds(generated, previous, current).map((statement) => statement.trim());
  const tag = nextTag(folder, name);
  const facts = { hash: statementsHash(statements), renames: [], checks: [], reverts: null, tables: tableFacts(model) };
  writeBundle(addMigration(folder, { tag, statements, snapshot: current, facts }), physicalHash(model));
  console.log(`${relative(process.cwd(), sqlPath(folderPath, tag))}: ${statements.length} statements.`);
  if (statements.some((statement) => /^(DROP TABLE|ALTER TABLE .* DROP COLUMN)/.test(statement))) {
    console.log('It drops or rebuilds tables or columns: read it before you commit it.');
  }
}

async function importModel(path: string): Promise<Model> {
  const { default: model } = await import(pathToFileURL(path).href);
  if (typeof model !== 'object' || model === null || !('physicalTables' in model)) {
    throw new Error(`Expected ${path} to export a model by default, but got ${typeof model}. Export defineModel(…).`);
  }
  return model;
}
