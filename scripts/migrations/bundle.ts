/** The bundle of a folder of migrations (`index.ts`), which the Worker imports. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Migration } from '../../src/model/types.ts';
import { type FolderMigration, type MigrationFolder, statementsHash } from './migration-folder.ts';
import { schemaHash } from './schema/snapshot.ts';

const LINE_WIDTH = 120;

/** Writes `index.ts` if it differs. @returns whether it did. */
export function writeBundle(folder: MigrationFolder, physicalHash: string): boolean {
  const path = join(folder.path, 'index.ts');
  const text = bundleText(folder, physicalHash);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(path, text);
  return true;
}

const bundleText = ({ migrations }: MigrationFolder, physicalHash: string): string =>
  `// Generated from the SQL files beside it. Do not edit.
import type { MigrationBundle } from 'shardql/model';

export const bundle: MigrationBundle = {
  physicalHash: '${physicalHash}',
  migrations: [
${migrations.map(migrationText).join('')}  ],
};
`;

/** A migration as the Worker carries it. */
export const bundled = ({ tag, statements, snapshot, facts }: FolderMigration): Migration => ({
  tag,
  hash: statementsHash(statements),
  schemaHash: schemaHash(snapshot),
  renames: facts?.renames ?? [],
  checks: facts?.checks ?? [],
  reverts: facts?.reverts ?? null,
  statements,
});

function migrationText(migration: FolderMigration): string {
  const { tag, hash, schemaHash, renames, checks, reverts, statements } = bundled(migration);
  const members = [
    `tag: ${quoted(tag)}`,
    `hash: ${quoted(hash)}`,
    `schemaHash: ${quoted(schemaHash)}`,
    `renames: ${listText(renames)}`,
    `checks: ${listText(checks)}`,
    `reverts: ${reverts === null ? null : quoted(reverts)}`,
    statements.length === 0
      ? 'statements: []'
      : `statements: [\n${statements.map((statement) => `        ${templateLiteral(statement)},\n`).join('')}      ]`,
  ];
  return `    {\n${members.map((member) => `      ${member},\n`).join('')}    },\n`;
}

/** As Biome and Prettier write them: one object in a line, several in a line each. */
function listText(objects: readonly object[]): string {
  const texts = objects.map(
    (object) =>
      `{ ${Object.entries(object)
        .map(([name, value]) => `${name}: ${quoted(value)}`)
        .join(', ')} }`,
  );
  if (texts.length === 0) return '[]';
  const line = `[${texts[0]}]`;
  if (texts.length === 1 && line.length < LINE_WIDTH - '      renames: ,'.length) return line;
  return `[\n${texts.map((text) => `        ${text},\n`).join('')}      ]`;
}

const quoted = (text: string): string =>
  `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;

/** Multi-line SQL stays legible, and formatters leave it alone. Carriage returns would be lost if they were not escaped. */
const templateLiteral = (text: string): string =>
  `\`${text.replace(/[\\`]|\$(?=\{)/g, '\\$&').replaceAll('\r', '\\r')}\``;
