/** `npm run db:generate`. `--help` lists the options. */
import { type GenerateOptions, generateMigration } from './migrations/generate.ts';
import { generateCommand } from './migrations/options.ts';

try {
  await generateMigration(generateCommand().parse().opts<GenerateOptions>());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
