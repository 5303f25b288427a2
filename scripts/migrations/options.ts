import { Command, Option } from 'commander';

const repeatable = (flags: string, description: string): Option =>
  new Option(flags, description)
    .argParser((value, values: readonly string[]) => [...values, value])
    .default([], 'none');

/** @param typed how it is typed before its options, which examples show. */
export const generateCommand = (name = 'npm run db:generate --', typed = name): Command =>
  new Command(name)
    .description('Makes the next migration from the model, rehearses it on sample rows, and bundles all migrations.')
    .option(
      '--config <file>',
      'wrangler.toml of the Worker, beside whose "main" the model is looked for',
      'wrangler.toml',
    )
    .option('--model <file>', 'the model file (default: model.ts or schema/model.ts beside the Worker)')
    .option('--out <folder>', 'the folder of migrations (default: migrations/ beside the model)')
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
  ${typed.replace(/ --$/, '')}
  ${typed} --name notes --rename notes.body=text --drop notes.draft
  ${typed} --rename notes=memos --rename memos.body=text
  ${typed} --revert 0004_notes
  ${typed} --model path/to/model.ts --out path/to/migrations`,
    );
