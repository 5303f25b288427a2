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
import { addMigration, readMigrationFolder, type Snapshot, writeBundle } from './migrations/migration-folder.ts';
import { checkAddedColumns, repairRebuilds } from './migrations/statements.ts';

const ORIGIN_ID = '00000000-0000-0000-0000-000000000000';

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
  // drizzle-kit takes a second to load: what is refused without it is refused at once.
  const { generateSQLiteDrizzleJson, generateSQLiteMigration } = await import('drizzle-kit/api');
  const previous: Snapshot = folder.snapshot ?? { ...(await generateSQLiteDrizzleJson({})), id: ORIGIN_ID };
  const current = await generateSQLiteDrizzleJson(model.physicalTables, previous.id);
  const generated = await generateSQLiteMigration(previous, current);
  if (generated.length === 0) {
    const written = writeBundle(folder, physicalHash(model));
    console.log(written ? 'No new migration; the bundle was made anew.' : 'Nothing changed.');
    return;
  }
  checkAddedColumns(previous, current);
  const statements = repairRebuilds(generated, previous, current);
  const migration = addMigration(folder, name, statements, current);
  writeBundle({ ...folder, tags: [...folder.tags, migration.tag] }, physicalHash(model));
  console.log(`${relative(process.cwd(), migration.path)}: ${statements.length} statements.`);
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
