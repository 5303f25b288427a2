/** `npm run check`: everything about the sources that a machine can say yes or no to, tests aside. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { consoleProblems } from './check/console.ts';
import { importCycles } from './check/import-cycles.ts';
import { importRuleViolations } from './check/import-rule.ts';
import { lockProblems } from './check/lock-file.ts';
import { planReflection } from './check/plan-reflection.ts';
import { readSourceFiles } from './check/source-files.ts';
import { readImports } from './check/source-imports.ts';
import { readTransactedFiles, transactionProblems } from './check/transactions.ts';
import { readSources, unusedExports } from './check/unused-exports.ts';
import { workLeftIn } from './check/work-left.ts';

new Command('npm run check --')
  .description(
    'Looks at everything about the sources that a machine can say yes or no to, tests aside. Ends with 0 or 1.',
  )
  .addHelpText('after', '\nExamples:\n  npm run check')
  .parse();

const PROJECT = join(import.meta.dirname, '..');

interface Check {
  readonly name: string;
  /** What is wrong, one line each; empty: nothing. */
  run(): readonly string[];
}

const imports = () => readImports(PROJECT, 'src');

const CHECKS: readonly Check[] = [
  { name: 'format and lint', run: () => tool('biome', 'check', '--error-on-warnings') },
  ...globSync(['tsconfig.json', '{scripts,tests,bench,examples}/**/tsconfig.json'], { cwd: PROJECT })
    .sort()
    .map((config) => ({ name: `types (${config})`, run: () => tool('tsc', '-p', config) })),
  { name: 'lock file', run: () => lockProblems(JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8'))) },
  { name: 'import rule', run: () => importRuleViolations(imports()) },
  { name: 'import cycles', run: () => importCycles(imports()) },
  { name: 'transactions of shards', run: () => transactionProblems(readTransactedFiles(PROJECT)) },
  { name: 'console', run: () => consoleProblems(readSourceFiles(PROJECT, 'src')) },
  { name: 'unused exports', run: () => unusedExports(readSources(PROJECT)) },
  { name: 'reflection on plans', run: () => planReflection(readSourceFiles(PROJECT, 'src')) },
  { name: 'work left', run: () => workLeftIn(PROJECT) },
];

let failed = 0;
for (const { name, run } of CHECKS) {
  const problems = run();
  if (problems.length > 0) failed++;
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  for (const problem of problems) console.log(`  ${problem}`);
}
process.exit(failed === 0 ? 0 : 1);

/** Runs an installed tool; its output is the problem if it fails. */
function tool(command: string, ...args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(join(PROJECT, 'node_modules/.bin', command), args, {
    cwd: PROJECT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return status === 0 ? [] : `${stdout}${stderr}`.trim().split('\n');
}
