/** `npm run db:generate`. `--help` lists the options. */
import { Command, Option } from 'commander';
import { type GenerateOptions, generateMigration } from './migrations/generate.ts';

const repeatable = (flags: string, description: string): Option =>
  new Option(flags, description)
    .argParser((value, values: readonly string[]) => [...values, value])
    .default([], 'none');

const command = new Command('npm run db:generate --')
  .description('Makes the next migration from the model, rehearses it on sample rows, and bundles all migrations.')
  .option('--model <file>', 'the model file', 'src/schema/model.ts')
  .option('--out <folder>', 'the folder of migrations', 'src/schema/migrations')
  .option('--name <name>', 'name of the migration, after its number (default: init, then changes)')
  .addOption(
    repeatable('--rename <table.old=new>', 'a column, or a table (old=new), has another name; may be given again'),
  )
  .addOption(
    repeatable('--drop <table.column>', 'a column, or a table, may be lost with all its values; may be given again'),
  )
  .option('--revert <tag>', 'take back the last migration: the model is again as before it (default: none)')
  .addHelpText(
    'after',
    `
Names are SQL names. What the model no longer has is asked for at a terminal; elsewhere --rename or --drop must say it.

Examples:
  npm run db:generate
  npm run db:generate -- --name notes --rename notes.body=text --drop notes.draft
  npm run db:generate -- --rename notes=memos --rename memos.body=text
  npm run db:generate -- --revert 0004_notes`,
  );

try {
  await generateMigration(command.parse().opts<GenerateOptions>());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
