import type { Unstable_Config } from 'wrangler';
import { staleMigrations } from '../../../src/model/physical.ts';
import { bindingProblems } from '../../project/binding-problems.ts';
import { missingRateLimits, secretsInVars, tablesWithoutRules } from './access-problems.ts';
import { compatibilityDate, missingBindings, openDeveloperRole, secretInFile } from './config-problems.ts';
import { missingIndexes } from './missing-indexes.ts';
import { budgetsOfUnknownRoles, openOptions, secretsInSource, unboundRateLimits } from './option-problems.ts';
import { hiddenPages } from './page-problems.ts';
import { productionAdvice } from './production-advice.ts';
import type { Environment, Project } from './project.ts';
import { deadLetterQueues, namesOfQueues, queueConsumers } from './queue-problems.ts';
import { misspeltClaims, misspeltRoles, rulesNeverTrue } from './rule-problems.ts';
import { addressesOfVersions, sharedResources, sharedWithPreviews } from './shared-resources.ts';
import { placesOfObjects, storageProblems } from './storage-problems.ts';
import { unindexedFilters } from './unindexed-filters.ts';

export interface Check {
  readonly name: string;
  /** Advice is shown and does not fail: only the project's author knows whether it applies. */
  readonly isAdvice: boolean;
  /** What is wrong and what to do, one line each; empty: nothing. */
  run(project: Project): readonly string[];
}

/** Everything that the doctor looks at. */
export const CHECKS: readonly Check[] = [
  { name: 'no open developer role', isAdvice: false, run: inEachConfig(openDeveloperRole) },
  { name: 'no secrets in the configuration', isAdvice: false, run: inEachConfig(secretInFile) },
  { name: 'no other secrets in the configuration', isAdvice: false, run: inEachConfig(secretsInVars) },
  {
    name: 'bindings, classes and their migrations',
    isAdvice: false,
    run: inEachEnvironment((config, { exports }) => bindingProblems(config, exports)),
  },
  { name: 'compatibility date', isAdvice: false, run: inEachConfig(compatibilityDate) },
  { name: 'Worker of the shards', isAdvice: false, run: ofEachEnvironment(storageProblems) },
  { name: 'places of objects', isAdvice: false, run: inEachConfig(placesOfObjects) },
  { name: 'environments apart', isAdvice: false, run: ({ environments }) => sharedResources(environments) },
  { name: 'previews apart', isAdvice: false, run: ofEachEnvironment(sharedWithPreviews) },
  { name: 'addresses of versions', isAdvice: false, run: ofEachEnvironment(addressesOfVersions) },
  { name: 'dead-letter queues', isAdvice: false, run: inEachEnvironment(deadLetterQueues) },
  { name: 'names of queues', isAdvice: false, run: inEachEnvironment(namesOfQueues) },
  { name: 'consumers of queues', isAdvice: false, run: inEachEnvironment(queueConsumers) },
  { name: 'GraphiQL and the console', isAdvice: false, run: inEachEnvironment(hiddenPages) },
  { name: 'migrations', isAdvice: false, run: migrations },
  { name: 'indexes of relations', isAdvice: false, run: ({ model }) => missingIndexes(model) },
  { name: 'access rules that are never true', isAdvice: false, run: ({ model }) => rulesNeverTrue(model) },
  { name: 'counters of rate limits', isAdvice: false, run: inEachEnvironment(unboundRateLimits) },
  { name: 'budgets of roles', isAdvice: false, run: budgetsOfUnknownRoles },
  { name: 'no secrets in the source', isAdvice: false, run: secretsInSource },
  { name: 'access rules', isAdvice: true, run: ({ model }) => tablesWithoutRules(model) },
  { name: 'roles of access rules', isAdvice: true, run: ({ model }) => misspeltRoles(model) },
  { name: 'claims of access rules', isAdvice: true, run: ({ model }) => misspeltClaims(model) },
  { name: 'options of the Worker', isAdvice: true, run: openOptions },
  { name: 'rate limits', isAdvice: true, run: inEachEnvironment(missingRateLimits) },
  { name: 'domain, logs and CPU', isAdvice: true, run: ofEachEnvironment(productionAdvice) },
  { name: 'bindings that may be left out', isAdvice: true, run: inEachEnvironment(missingBindings) },
  { name: 'indexes of filters and orders', isAdvice: true, run: ({ model }) => unindexedFilters(model) },
];

/** Each environment can be deployed by itself. */
function inEachEnvironment(problemsOf: (config: Unstable_Config, project: Project) => readonly string[]): Check['run'] {
  return ofEachEnvironment(({ config }, project) => problemsOf(config, project));
}

/** The same for the configurations of both Workers of each environment. */
function inEachConfig(problemsOf: (config: Unstable_Config) => readonly string[]): Check['run'] {
  return ofEachEnvironment(({ config, storage }) => [
    ...problemsOf(config),
    ...(storage ? problemsOf(storage.config).map((problem) => `In ${storage.path}: ${problem}`) : []),
  ]);
}

function ofEachEnvironment(
  problemsOf: (environment: Environment, project: Project) => readonly string[],
): Check['run'] {
  return (project) =>
    project.environments.flatMap((environment) =>
      problemsOf(environment, project).map((problem) =>
        environment.name === null ? problem : `In env.${environment.name}: ${problem}`,
      ),
    );
}

function migrations({ model, bundle }: Project): string[] {
  if (bundle === null) return ['Expected migrations beside the model, but found none. Run npm run db:generate.'];
  const stale = staleMigrations(model, bundle);
  return stale === null ? [] : [stale];
}
