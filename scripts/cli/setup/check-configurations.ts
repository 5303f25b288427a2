import { type EnvironmentConfigs, readEnvironments } from '../../project/environments.ts';
import { CliError } from '../cli-error.ts';
import { deadLetterQueues, namesOfQueues, queueConsumers } from '../doctor/queue-problems.ts';
import { addressesOfVersions, sharedResources, sharedWithPreviews } from '../doctor/shared-resources.ts';
import { placesOfObjects } from '../doctor/storage-problems.ts';

/**
 * Gives the configurations of an environment, once nothing is wrong with what the account would be given by them: what is made under a wrong name
 * stays there.
 *
 * @param env empty: the one without `--env`.
 * @throws CliError that says all that is wrong
 */
export function checkConfigurations(path: string, env: string): EnvironmentConfigs {
  const environments = readEnvironments(path);
  const own = environments.find(({ name }) => (name ?? '') === env)!;
  const problems = [
    ...sharedResources(environments),
    ...sharedWithPreviews(own),
    ...addressesOfVersions(own),
    ...[deadLetterQueues, namesOfQueues, queueConsumers, placesOfObjects].flatMap((check) => check(own.config)),
  ];
  if (problems.length > 0) throw new CliError([...problems, 'Nothing was made.'].join('\n'));
  return own;
}
