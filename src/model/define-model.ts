/** The entry of this folder: users call it once, in their model file. */
import { buildModel } from './build-model.ts';
import type {
  OnlyTypesOf,
  RelationDeclaration,
  RelationDeclarations,
  RelationHelpers,
  TableEntry,
  Tables,
} from './declaration.ts';
import type { DeclaredModel } from './declared-model.ts';
import { resolveDomains } from './domains.ts';
import { readModel } from './model-draft.ts';
import { ModelError, type ModelProblem } from './model-error.ts';
import { resolveRelations } from './relations.ts';
import { RULES } from './rules/rules.ts';

/**
 * Declares a model: Drizzle tables by GraphQL type name, each with its shard key, and the relations between them.
 *
 * @example
 * ```ts
 * export default defineModel(
 *   {
 *     Customer: { table: customers, shardKey: 'tenantId' },
 *     Order: { table: orders, shardKey: 'tenantId' },
 *   },
 *   ({ one, many }) => ({
 *     Customer: { orders: many.Order() },
 *     Order: { customer: one.Customer() },
 *   }),
 * );
 * ```
 *
 * @throws {ModelError} naming everything that is wrong, with table, column and remedy.
 */
export function defineModel<
  const AllTables extends Tables,
  Relations extends RelationDeclarations<AllTables> = RelationDeclarations<AllTables>,
>(
  entries: { readonly [Type in keyof AllTables]: TableEntry<AllTables[Type]> },
  relations?: (helpers: RelationHelpers<AllTables>) => Relations & OnlyTypesOf<AllTables, Relations>,
): DeclaredModel<AllTables, Relations> {
  const problems: ModelProblem[] = [];
  const report = (problem: ModelProblem): void => void problems.push(problem);
  const draft = readModel(entries as unknown as Readonly<Record<string, TableEntry>>);
  const domainByType = resolveDomains(draft, report);
  const relationsByType = resolveRelations(
    draft,
    domainByType,
    relations?.(relationHelpers(draft.tables)) ?? {},
    report,
  );
  for (const rule of RULES) rule({ ...draft, relationsByType }, report);
  if (problems.length > 0) throw new ModelError(problems);
  return buildModel(draft, domainByType, relationsByType);
}

function relationHelpers<AllTables extends Tables>(
  tables: readonly { readonly typeName: string }[],
): RelationHelpers<AllTables> {
  const helpers = (kind: RelationDeclaration['kind']) =>
    Object.fromEntries(
      tables.map(({ typeName }) => [
        typeName,
        (options?: RelationDeclaration['options']): RelationDeclaration => ({ kind, targetType: typeName, options }),
      ]),
    );
  return { one: helpers('one'), many: helpers('many') } as unknown as RelationHelpers<AllTables>;
}
