import type { Command } from 'commander';
import { readStartOptions, type StartFlags, startCommand } from '../../start/options.ts';
import { StartError } from '../../start/start-error.ts';

export function addStart(program: Command): void {
  const command = startCommand('start', 'npm run shardql -- start')
    .summary('serves the API on this machine, as when deployed')
    .copyInheritedSettings(program)
    .action(async (flags: StartFlags) => {
      // Loaded here because it brings esbuild and the pages along.
      const { start } = await import('../../start/start.ts');
      try {
        await start(readStartOptions(flags, process.env), process.argv.slice(3));
      } catch (error) {
        if (!(error instanceof StartError)) throw error;
        console.error(error.message);
        process.exit(error.exitCode);
      }
    });
  program.addCommand(command);
}
