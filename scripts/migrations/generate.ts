/**
 * Makes the next migration from the model, and bundles all of them for the Worker.
 *
 * Does nothing if the model's tables are as the last migration left them. What the model no longer has is asked for at a
 * terminal, or said by options; each migration is rehearsed on sample rows before it is written.
 */
import { dirname, join, relative, resolve } from 'node:path';
import { physicalHash } from '../../src/model/physical.ts';
import type { Model } from '../../src/model/types.ts';
import { findModel, mainOf, type ProjectModel, readConfig, readModel } from '../project/read-model.ts';
import { writeBundle } from './bundle.ts';
import { askAbout } from './change/ask.ts';
import type { Change, Words } from './change/change.ts';
import { lossesMessage } from './change/lost-names.ts';
import { parseRename } from './change/rename-option.ts';
import {
  addMigration,
  type MigrationFolder,
  nextTag,
  readMigrationFolder,
  sqlPath,
  statementsHash,
  writeFacts,
} from './migration-folder.ts';
import {
  findMatch,
  folderMigration,
  type ModelTables,
  makeMigration,
  type NextMigration,
  type Tables,
  tablesOfMigrations,
  tablesOfModel,
} from './next-migration.ts';
import { rehearseEdited } from './rehearse-edited.ts';
import { makeReversal } from './revert.ts';
import { tableFacts } from './schema/facts.ts';
import { takeSnapshot } from './schema/snapshot.ts';

export interface GenerateOptions {
  /** The configuration that leads to the model where `model` is left out. Default: wrangler.toml. */
  readonly config?: string;
  /** The model file; looked for beside `main` of the configuration, and in `schema/` beside it, if left out. */
  readonly model?: string;
  /** The folder of migrations; `migrations` beside the model if left out. */
  readonly out?: string;
  /** Of the migration, after its number. */
  readonly name?: string;
  /** `table.old=new`, or `old=new` of a table. */
  readonly rename: readonly string[];
  /** `table.column`, or a table. */
  readonly drop: readonly string[];
  /** Tag of the last migration, which is taken back. */
  readonly revert?: string;
}

/** Throws what keeps it from that; then nothing is written. Lines of what was made go to standard output. */
export async function generateMigration(options: GenerateOptions): Promise<void> {
  if (options.name !== undefined && !/^[^\p{Cc}/\\:]+$/u.test(options.name)) {
    throw new Error(`Expected --name to be part of a file name, but got ${JSON.stringify(options.name)}.`);
  }
  const { path: modelPath, model } = await readModelOf(options);
  const found = readMigrationFolder(resolve(options.out ?? join(dirname(modelPath), 'migrations')));
  const snapshot = await takeSnapshot(model.physicalTables, found.migrations.at(-1)?.snapshot ?? null);
  const after = tablesOfModel(snapshot, tableFacts(model));
  const edited = rehearseEdited(found);
  const before = tablesOfMigrations(found.migrations);
  const next = await planNext(found, before, after, options);
  // Nothing is written before everything is known to be sound.
  const folder = edited.reduce((folder, { index, facts }) => writeFacts(folder, index, facts), found);
  for (const note of edited.flatMap(({ notes }) => notes)) console.log(note);
  if (next === null) return writeUnchanged(folder, model, edited.length > 0);
  const tag = nextTag(folder, options.name ?? (options.revert && `revert_${options.revert}`));
  const added = addMigration(folder, folderMigration(tag, next, after, options.revert ?? null));
  writeBundle(added, physicalHash(model));
  const count =
    next.statements.length === 0
      ? 'no statements, since SQL does not know what changed'
      : `${next.statements.length} ${next.statements.length === 1 ? 'statement' : 'statements'}`;
  console.log(`${relative(process.cwd(), sqlPath(folder.path, tag))}: ${count}.`);
  for (const note of notesOn(next)) console.log(note);
}

/** Null if there is nothing for a migration to do. */
async function planNext(
  folder: MigrationFolder,
  before: Tables,
  after: ModelTables,
  options: GenerateOptions,
): Promise<NextMigration | null> {
  if (folder.migrations.length === 0 && options.revert === undefined) {
    if (options.rename.length + options.drop.length > 0) {
      throw new Error('Expected --rename and --drop after a first migration, but got none to rename or drop from.');
    }
    return { statements: after.statements, renames: [], checks: [], refusals: [], unfilled: [], drops: [] };
  }
  if (options.revert !== undefined)
    return makeReversal(folder, before, after, options.revert, wordsOf(options, before));
  const next = makeMigration(before, after, await findChange(before, after, wordsOf(options, before)));
  return next.statements.length === 0 && next.checks.length === 0 ? null : next;
}

/** Asks for what is not said, if there is somebody to ask. */
async function findChange(before: Tables, after: ModelTables, words: Words): Promise<Change> {
  const match = findMatch(before, after, words);
  if ('change' in match) return match.change;
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw new Error(lossesMessage(match.losses));
  return findChange(before, after, await askAbout(match.losses[0]!, words));
}

function wordsOf({ rename, drop }: GenerateOptions, { schema }: Tables): Words {
  return { renames: rename.map((text) => parseRename(text, schema)), drops: drop };
}

/** The tables are as they were; what the model says beyond SQL may be otherwise. */
function writeUnchanged(folder: MigrationFolder, model: Model, isEdited: boolean): void {
  const { statements, facts } = folder.migrations.at(-1)!;
  const { renames = [], checks = [], reverts = null } = facts ?? {};
  const current = { hash: statementsHash(statements), renames, checks, reverts, tables: tableFacts(model) };
  const isKept = JSON.stringify(facts) === JSON.stringify(current);
  const kept = isKept ? folder : writeFacts(folder, folder.migrations.length - 1, current);
  const isWritten = writeBundle(kept, physicalHash(model));
  const isNew = isEdited || !isKept || isWritten;
  console.log(isNew ? 'No new migration; the bundle was rebuilt.' : 'Nothing changed.');
}

function* notesOn({ drops, checks, refusals, unfilled }: NextMigration): Generator<string> {
  if (drops.length > 0) yield `It drops ${drops.join(', ')} with all values.`;
  if (checks.length > 0) {
    const names = checks.map(({ table, column }) => `${table}.${column}`).join(', ');
    yield `Values of ${names} are checked in each shard: one that the model does not know stops it before anything is changed.`;
  }
  if (refusals.length > 0) {
    yield `Rows that the new tables refuse stop it, where shards hold some: ${refusals.join('; ')}.`;
  }
  if (unfilled.length > 0) {
    yield `It was rehearsed without rows of ${unfilled.join(', ')}: no sample satisfies the checks there. Read what it does to them.`;
  }
  if (checks.length > 0 || refusals.length > 0)
    yield 'Whether there are such rows, npm start tells; of a deployed release, npm run shardql -- migrate status.';
}

async function readModelOf({ config = 'wrangler.toml', model }: GenerateOptions): Promise<ProjectModel> {
  if (model !== undefined) return await readModel(model);
  return await readModel(findModel(mainOf(readConfig(config, ''), config)));
}
