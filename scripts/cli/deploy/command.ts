import type { Command } from 'commander';
import { deployCommand, readDeployOptions } from '../../deploy/options.ts';

export function addDeploy(program: Command): void {
  const command = deployCommand('deploy', 'npm run shardql -- deploy')
    .summary('deploys shards and API with wrangler, if doctor finds nothing wrong')
    .copyInheritedSettings(program);
  command.action(async () => {
    const { deploy } = await import('../../deploy/deploy.ts');
    process.exitCode = await deploy(readDeployOptions(command));
  });
  program.addCommand(command);
}
