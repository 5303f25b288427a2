import type { Command } from 'commander';
import { devCommand, readDevOptions } from '../../dev/options.ts';

export function addDev(program: Command): void {
  const command = devCommand('dev', 'npm run shardql -- dev')
    .summary('serves the API, and reloads it after each change of a file')
    .copyInheritedSettings(program);
  command.action(async () => {
    const { dev } = await import('../../dev/dev.ts');
    await dev(readDevOptions(command));
  });
  program.addCommand(command);
}
