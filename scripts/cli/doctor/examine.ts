import type { ProjectPaths } from '../../project/read-model.ts';
import { CHECKS } from './checks.ts';
import { readProject } from './project.ts';

export interface Finding {
  readonly check: string;
  /** Empty: all is well. */
  readonly problems: readonly string[];
  /** What may be worth doing, and is not wrong. */
  readonly advice: readonly string[];
}

/** Examines a project without running it. */
export async function examine(paths: ProjectPaths): Promise<readonly Finding[]> {
  const project = await readProject(paths);
  return CHECKS.map(({ name, isAdvice, run }) => {
    const lines = run(project);
    return { check: name, problems: isAdvice ? [] : lines, advice: isAdvice ? lines : [] };
  });
}

/** As text for people: a line of the check, then one of each problem or advice. */
export function showFinding({ check, problems, advice }: Finding): string {
  const verdict = problems.length > 0 ? 'WRONG ' : advice.length > 0 ? 'advice' : 'ok    ';
  return [`${verdict} ${check}`, ...problems, ...advice].join('\n  ');
}
