/** The entry of this folder: users call it once, in their model file. */
import type { AccessByRole } from './access/options.ts';
import { buildModel } from './build-model.ts';
import { checkEntries, checkModelOptions, checkRelations } from './check-declaration.ts';
import type {
  ModelOptions,
  OnlyTypesOf,
  RelationDeclaration,
  RelationDeclarations,
  RelationHelpers,
  TableEntry,
  Tables,
} from './declaration.ts';
import type { DeclaredModel } from './declared-model.ts';
import { resolveDomains } from './domains.ts';
import { withFieldNames } from './field-names.ts';
import { readModel } from './model-draft.ts';
import { ModelError, type ModelProblem } from './model-error.ts';
import { resolveRelations } from './relations.ts';
import { RULES } from './rules/rules.ts';
import type { GlobalIdField } from './types.ts';

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
  const GlobalId extends GlobalIdField = 'nodeId',
>(
  entries: {
    readonly [Type in keyof AllTables]: TableEntry<
      AllTables[Type],
      AccessByRole<NoInfer<AllTables>, NoInfer<Relations>, Type & string>
    >;
  },
  relations?: (helpers: RelationHelpers<AllTables>) => Relations & OnlyTypesOf<AllTables, Relations>,
  options: ModelOptions<GlobalId> = {},
): DeclaredModel<AllTables, Relations, GlobalId> {
  const problems: ModelProblem[] = [];
  const report = (problem: ModelProblem): void => void problems.push(problem);
  const sound = checkEntries(entries, report);
  const { globalIdField = 'nodeId' } = checkModelOptions(options, report);
  // Relations to a table whose entry has no form would be blamed for it.
  const declared = checkRelations(problems.length === 0 ? declareRelations(relations, Object.keys(sound)) : {}, report);
  if (problems.length > 0) throw new ModelError(problems);
  const draft = readModel(sound, globalIdField);
  const domainByType = resolveDomains(draft, report);
  const relationsByType = resolveRelations(draft, domainByType, declared, report);
  for (const rule of RULES) rule({ ...draft, relationsByType }, report);
  if (problems.length > 0) throw new ModelError(problems);
  const named = withFieldNames({ draft, relationsByType });
  return buildModel(named.draft, domainByType, named.relationsByType) as DeclaredModel<AllTables, Relations, GlobalId>;
}

/** The result of the second argument; anything but a function is passed on, for the check of its form. */
function declareRelations(relations: unknown, types: readonly string[]): unknown {
  if (relations === undefined) return {};
  return typeof relations === 'function' ? relations(relationHelpers(types)) : 'no function';
}

/** `one` and `many`. Types that the model lacks have helpers too, so that the problem is reported with the relation. */
function relationHelpers(types: readonly string[]): object {
  const helpers = (kind: RelationDeclaration['kind']) => {
    const helper =
      (targetType: string) =>
      (options?: RelationDeclaration['options']): RelationDeclaration => ({ kind, targetType, options });
    const byType = Object.fromEntries(types.map((type) => [type, helper(type)]));
    return new Proxy(byType, {
      get: (_, type) => (Object.hasOwn(byType, type) ? byType[type as string] : helper(String(type))),
    });
  };
  return { one: helpers('one'), many: helpers('many') };
}
