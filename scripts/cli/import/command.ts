import type { Command } from 'commander';
import { apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { type ImportOptions, importFiles } from './import-files.ts';

export function addImport(program: Command): void {
  apiCommand(program, 'import')
    .summary('upserts rows of NDJSON, JSON and CSV files')
    .description(
      prose(
        `Upserts rows of files named <table>.ndjson, <table>.json (an array of objects) or <table>.csv (RFC 4180 with a
header line), by primary key. Tables go by SQL name or GraphQL type, and so do columns. Tables come in the order
that their foreign keys need. Rows that are there with equal values are not written, so importing again changes
nothing.

A row that fails does not stop the others: it is told by file, line and column, and written to the reject file as { file,
line, ordinal, column, field, code, message, base64, row }: which row of the file it is, the column as the file and as the
model call it, and the row's bytes if they are no text. Rows that lack a parent are tried again at the end.

Files are UTF-8, with or without a byte order mark. A row with other bytes fails alone, with the offset of the byte, and
nothing of it is stored; a file in UTF-16 or UTF-32 is refused before anything is sent. Convert such files first, for
instance with iconv -f WINDOWS-1252 -t UTF-8.

In CSV an empty cell, quoted or not, is the column's default, or NULL where it has none; so CSV cannot give empty
text to a column, nor NULL to one with a default. Booleans are true, t, yes, y, on, 1 or false, f, no, n, off, 0, in any
case; in JSON they are true or false. Cells of JSON columns are JSON text, bytes are base64. A broken object of a JSON
array and a CSV record with a quote in a wrong place fail alone; where nobody can tell where the next row begins, the rest of
the file is left out, and told.

A key that occurs twice is written twice: the row that is written last stays, and the exit code is still 0. It is told by
both lines where they are within one request of some thousand rows. Elsewhere the API counts rows that change what the
same import wrote; the lines of their request are told.

An import that was killed goes on behind the last row that was answered for, if the same command is given again; its
state is in the user's cache folder (XDG_CACHE_HOME or ~/.cache) until the import is complete. If what it had read of a
file has changed, or the reject file, it starts over and says so; what comes behind may have changed or grown.

The result of --json has the session token of the import: reads that send it in x-shardql-token see all rows.`,
      ),
    )
    .argument('<path...>', 'files, or folders of them (files of a folder that are named after no table are left out)')
    .option(
      '--rejects <file>',
      'where rows go that fail; replaced by each import with such rows',
      'shardql-rejects.ndjson',
    )
    .option(
      '--dry-run',
      'check every row against the model, and write nothing; keys and parents are not looked up',
      false,
    )
    .option('--no-resume', 'start over where an import was cut off')
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- import data/
  npm run shardql -- import customers.csv orders.ndjson --rejects /tmp/rejects.ndjson
  npm run shardql -- import data/ --dry-run --json`,
    )
    .action(async (paths: string[], options: ImportOptions) => {
      const result = await importFiles(paths, options);
      if (options.json) console.log(JSON.stringify(result));
      else if (result.rejects !== null) {
        console.error(`${result.failed} ${result.failed === 1 ? 'row' : 'rows'} failed: see ${result.rejects}`);
      }
      process.exitCode = result.failed === 0 && result.changed.length === 0 ? 0 : 1;
    });
}
