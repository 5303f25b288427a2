import { type Command, Option } from 'commander';
import { apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { type ExportOptions, exportTables } from './export-tables.ts';
import { EXPORT_FORMATS } from './formats.ts';

export function addExport(program: Command): void {
  apiCommand(program, 'export')
    .summary('writes tables to files that import takes')
    .description(
      prose(
        `Writes one file per table, which import takes: importing them into an empty API gives equal rows. Versions and
generated columns are left out. Files are UTF-8 without a byte order mark. Rows come by ascending primary key, in pages; a
page is the latest state when it is read. Every row comes out: values that do not fit the model any more are written as they are
stored, and counted on stderr (with --json, as "misfits" of the table); mend them in the file, then import it. CSV does not
tell empty text from NULL; the other formats are exact.`,
      ),
    )
    .option('--out <dir>', 'folder of the files', 'export')
    .addOption(new Option('--format <format>', 'format of the files').choices(EXPORT_FORMATS).default('ndjson'))
    .option('--table <name...>', 'tables, by SQL name or GraphQL type (default: all)')
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- export --out backup
  npm run shardql -- export --format csv --table customers orders`,
    )
    .action(async (options: ExportOptions & { readonly json: boolean }) => {
      const tables = [];
      for await (const exported of exportTables(options)) {
        tables.push(exported);
        if (!options.json) console.log(`${exported.table}: ${exported.rows} rows in ${exported.file}`);
        const { table, file, misfits } = exported;
        if (misfits === undefined) continue;
        const are = misfits === 1 ? '1 value does' : `${misfits} values do`;
        console.error(
          `${table}: ${are} not fit the model any more, written as stored; mend ${file} before you import it.`,
        );
      }
      if (options.json) console.log(JSON.stringify({ tables }));
    });
}
