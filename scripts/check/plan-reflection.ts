/**
 * What a plan looks at is found by `visit-plan.ts`, member by member. Whoever goes by the names of members instead misses,
 * or mistakes, what is added later; and parts made by a cast would state no access.
 */

import { blankStringsAndComments, type SourceFile } from './source-files.ts';
import { importsOf } from './source-imports.ts';

const PLAN = 'src/shards/plan/';
/** Parts of plans; what else is in the folder holds none. */
const PARTS = ['node', 'source', 'filter', 'computed', 'page', 'aggregate', 'compiled-plan'].map(
  (name) => `${PLAN}${name}.ts`,
);
const VISITOR = `${PLAN}visit-plan.ts`;
/** Where parts, and texts of plans, get their types. */
const MAKERS = [`${PLAN}source.ts`, `${PLAN}compiled-plan.ts`];
/** These read the arguments of GraphQL fields, objects whose members are data. */
const READ_INPUTS =
  /^src\/(?:schema\/|plans\/(?:arguments|filter|aggregates)\/|resolvers\/explain\/outline-field\.ts$)/;

const REFLECTION =
  /\bObject\s*\.\s*(?:keys|values|entries|getOwnPropertyNames)\b|\bReflect\s*\.\s*ownKeys\b|\bfor\s*\(\s*(?:const|let)\s+\w+\s+in\b/;
const CAST = /\bas\s+(?:readonly\s+)?(?:Source|PlanNode|OneNode|PageNode|RelatedRows|JoinRows)\b/;

/** One sentence per place that reflects on parts of plans, or makes one by a cast. */
export const planReflection = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path, text }) => PARTS.includes(path) || importsOf(path, text).some(({ to }) => PARTS.includes(to)))
    .flatMap(({ path, text }) =>
      blankStringsAndComments(text)
        .split('\n')
        .flatMap((line, index) => {
          const at = `${path}:${index + 1}`;
          const reflects = path !== VISITOR && !READ_INPUTS.test(path) && REFLECTION.test(line);
          return [
            ...(reflects ? [`${at}: Expected plans to be walked by visit-plan.ts, but got reflection.`] : []),
            ...(!MAKERS.includes(path) && CAST.test(line)
              ? [`${at}: Expected rowsOf and its like to make parts of plans, but got a cast.`]
              : []),
          ];
        }),
    );
