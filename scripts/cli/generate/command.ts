import type { Command } from 'commander';
import type { GenerateOptions } from '../../migrations/generate.ts';
import { generateCommand } from '../../migrations/options.ts';
import { CliError } from '../cli-error.ts';

export function addGenerate(program: Command): void {
  const command = generateCommand('generate', 'npm run shardql -- generate')
    .summary('makes the next migration from the model')
    .copyInheritedSettings(program)
    .action(async (options: GenerateOptions) => {
      const { generateMigration } = await import('../../migrations/generate.ts');
      try {
        await generateMigration(options);
      } catch (error) {
        throw new CliError((error as Error).message, { cause: error });
      }
    });
  program.addCommand(command);
}
