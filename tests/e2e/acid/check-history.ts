/** `node check-history.ts FILE`: prints what is wrong with a history, a line each, and ends with 1 if anything is. */
import { readFileSync } from 'node:fs';
import { problemsOf } from './checker.ts';
import { decodeHistory } from './history.ts';

const problems = problemsOf(decodeHistory(readFileSync(process.argv[2]!, 'utf8')));
for (const problem of problems) console.log(problem);
process.exit(problems.length === 0 ? 0 : 1);
