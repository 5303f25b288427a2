import type { Command } from 'commander';
import { apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { type PersistOptions, persistDocuments } from './persist-documents.ts';

export function addPersist(program: Command): void {
  apiCommand(program, 'persist')
    .summary('writes the manifest of an application’s operations')
    .description(
      prose(
        `Reads operations and fragments from .graphql and .gql files, and from manifests of Apollo's, Relay's and urql's tools (.json), checks them
against the API, and writes a manifest in Apollo's form: id (the SHA-256 of the text), name, type and body. Give it to createWorker
as persisted.manifest, and to clients that send ids. Fragments are shared by all files. If something is wrong, nothing is written.`,
      ),
    )
    .argument('<path...>', 'files, or folders of .graphql and .gql files')
    .option('--out <file>', 'where the manifest goes', 'persisted.json')
    .option('--schema <file>', 'SDL to check against (default: that of the API)')
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- persist src/queries
  npm run shardql -- persist src/queries --schema schema.graphql --out worker/persisted.json`,
    )
    .action(async (paths: string[], options: PersistOptions) => {
      process.exitCode = (await persistDocuments(paths, options)) ? 0 : 1;
    });
}
