/** What shards hold the writes of a caller to: the rules of its role with its claims, as plans for rows that are named by their keys. */
import type { RoleRules, RowRule, TableRules } from '../../model/table-rules.ts';
import type { Model } from '../../model/types.ts';
import { allOf, type Filter } from '../../shards/plan/filter.ts';
import { matchOn, oneNode } from '../../shards/plan/node.ts';
import { rowsOf } from '../../shards/plan/source.ts';
import type { RowTest, TableWriteRules, WriteRules } from '../../shards/write-rules.ts';
import { PlanValues } from '../plan-values.ts';

/** What a rule is as a filter on rows of a type; null: each row passes. */
type FilterOf = (type: string, rule: RowRule, values: PlanValues) => Filter | null;

/** Where the rules of a type stand in the model; undefined: errors must not name them. */
type PathOf = (type: string) => string | undefined;

/** Made once for each table that the caller writes to. */
export class CallerWriteRules {
  readonly #whole: Model;
  readonly #role: RoleRules;
  readonly #filterOf: FilterOf;
  readonly #pathOf: PathOf;
  readonly #byType = new Map<string, TableWriteRules>();

  constructor(whole: Model, role: RoleRules, filterOf: FilterOf, pathOf: PathOf) {
    this.#whole = whole;
    this.#role = role;
    this.#filterOf = filterOf;
    this.#pathOf = pathOf;
  }

  /** The rules of these tables, and of those that their rows refer to. */
  of(types: Iterable<string>): WriteRules {
    const rules: Record<string, TableWriteRules> = {};
    for (const type of types) {
      const targets = this.#whole.table(type).foreignKeys.map(({ targetType }) => targetType);
      for (const each of [type, ...targets]) {
        const ofRole = this.#role.get(each);
        if (ofRole !== undefined) rules[each] ??= this.#ofTable(each, ofRole);
      }
    }
    return rules;
  }

  #ofTable(type: string, rules: TableRules): TableWriteRules {
    const known = this.#byType.get(type);
    if (known !== undefined) return known;
    const { read, create, update, delete: remove } = rules;
    const test = (...some: readonly RowRule[]) => this.#test(type, some);
    /** Those that may be read anyway are not asked for twice. */
    const among = (where: RowRule) => (where === null ? null : test(read, where));
    const path = this.#pathOf(type);
    const made: TableWriteRules = {
      ...(path !== undefined && { path }),
      read: test(read),
      create: create && { check: test(create.check), presets: [...create.set.keys()] },
      update: update && {
        where: among(update.where),
        check: test(update.check),
        presets: [...update.set.keys()],
        transitions: update.transitions?.map(({ from, to }) => ({ from: test(from)!, to: test(to)! })) ?? null,
      },
      delete: remove && { where: among(remove.where) },
    };
    this.#byType.set(type, made);
    return made;
  }

  /** Null: each row passes. */
  #test(type: string, rules: readonly RowRule[]): RowTest | null {
    const values = new PlanValues();
    const access = allOf(rules.flatMap((rule) => this.#filterOf(type, rule, values) ?? []));
    if (access === null) return null;
    const { names } = this.#whole.table(type).primaryKey;
    const node = oneNode(rowsOf(type, { access }), { ...matchOn(names), columns: names });
    return { plan: JSON.stringify(node), values: values.ofMaking };
  }
}
