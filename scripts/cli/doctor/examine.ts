import { CHECKS } from './checks.ts';
import { type ProjectPaths, readProject } from './project.ts';

export interface Finding {
  readonly check: string;
  /** Empty: all is well. */
  readonly problems: readonly string[];
}

/** Examines a project without running it. */
export async function examine(paths: ProjectPaths): Promise<readonly Finding[]> {
  const project = await readProject(paths);
  return CHECKS.map(({ name, run }) => ({ check: name, problems: run(project) }));
}
