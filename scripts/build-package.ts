/** `npm run build:package`: builds the npm package `shardql`, as it would be published, into a folder. */
import { relative, resolve } from 'node:path';
import { Command } from 'commander';
import { buildPackage } from './package/build-package.ts';

const command = new Command('npm run build:package --')
  .description('Builds the npm package: JavaScript, type declarations, and what the pages need. Nothing is published.')
  .option('--out <folder>', 'what is in it is replaced', 'dist/shardql')
  .addHelpText('after', '\nExamples:\n  npm run build:package\n  npm run build:package -- --out /tmp/shardql')
  .parse();

const folder = resolve(command.opts<{ out: string }>().out);
await buildPackage(folder);
console.log(`${relative(process.cwd(), folder)}: npm pack ./${relative(process.cwd(), folder)} packs it.`);
