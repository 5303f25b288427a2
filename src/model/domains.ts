/** Shard-key domains: tables whose rows live together where their shard keys are equal. */

import { type ModelDraft, pairsShardKeys, targetOf, whereColumn, whereTable } from './model-draft.ts';
import type { ReportProblem } from './model-error.ts';
import { builderCode, code, textCode } from './snippets.ts';
import type { TableDraft } from './table-draft.ts';

/**
 * The domain of each type. A foreign key from shard key to shard key puts two tables in one domain, and so does an
 * equal `domain` option, or one that names the other's type. A domain without that option is named after its table that references none of the others.
 */
export function resolveDomains(draft: ModelDraft, report: ReportProblem): ReadonlyMap<string, string> {
  const sets = new DisjointSets(draft.tables);
  const firstByOption = new Map<string, TableDraft>();
  for (const table of draft.tables) {
    for (const target of shardKeyTargets(draft, table)) sets.join(table, target);
    if (table.domain === null) continue;
    const first = firstByOption.get(table.domain) ?? draft.tableByType.get(table.domain) ?? table;
    firstByOption.set(table.domain, first);
    sets.join(table, first);
  }
  const domainByType = new Map<string, string>();
  for (const members of sets.members()) {
    const domain = nameDomain(draft, members, report);
    for (const table of members) domainByType.set(table.typeName, domain);
    checkEqualStorage(members, report);
  }
  return domainByType;
}

const shardKeyTargets = (draft: ModelDraft, table: TableDraft): TableDraft[] =>
  table.foreignKeys.flatMap((foreignKey) => {
    const target = targetOf(draft, foreignKey);
    if (target === undefined) return [];
    return pairsShardKeys(table, target, foreignKey.columns, foreignKey.targetColumns) ? [target] : [];
  });

function nameDomain(draft: ModelDraft, members: readonly TableDraft[], report: ReportProblem): string {
  const options = [...new Set(members.map((table) => table.domain).filter((domain) => domain !== null))];
  if (options.length > 1) {
    report({
      where: whereTable(members.find((table) => table.domain === options[1])!),
      message: `Expected one domain for tables that foreign keys join by shard key, but got ${options.map((option) => `"${option}"`).join(' and ')}.`,
      remedy: `Give all of ${members.map((table) => table.typeName).join(', ')} the same domain, ${code(`domain: ${textCode(options[0]!)}`)}, or none.`,
    });
  }
  if (options[0] !== undefined) return options[0];
  const root = members.find((table) => shardKeyTargets(draft, table).every((target) => target === table));
  return (root ?? members[0]!).typeName;
}

/** Equal shard keys must have equal canonical text, so a text key never equals an integer key. */
function checkEqualStorage(members: readonly TableDraft[], report: ReportProblem): void {
  const storage = (table: TableDraft): string | undefined => {
    const wire = table.columnByName.get(table.shardKey)?.wire;
    return wire === 'int64' ? 'int' : wire;
  };
  const [first, ...others] = members.filter((table) => storage(table) !== undefined);
  for (const table of others) {
    if (storage(table) === storage(first!)) continue;
    report({
      where: whereColumn(table, table.shardKey),
      message: `Expected a shard key stored like that of ${first!.typeName}, which shares its domain, but got ${storage(table)} instead of ${storage(first!)}.`,
      remedy: `Use one column type for the shard keys of a domain: ${code(builderCode(first!.columnByName.get(first!.shardKey)!, table.columnByName.get(table.shardKey)!.sqlName))}${table.domain === null ? '' : `; or give ${table.typeName} a domain of its own: ${code(`domain: ${textCode(`${table.typeName}Domain`)}`)}`}.`,
    });
  }
}

/** Union-find; sets and members keep declared order. */
class DisjointSets {
  readonly #parent: Map<TableDraft, TableDraft>;

  constructor(tables: readonly TableDraft[]) {
    this.#parent = new Map(tables.map((table) => [table, table]));
  }

  join(a: TableDraft, b: TableDraft): void {
    this.#parent.set(this.#rootOf(a), this.#rootOf(b));
  }

  members(): Iterable<readonly TableDraft[]> {
    return Map.groupBy(this.#parent.keys(), (table) => this.#rootOf(table)).values();
  }

  #rootOf(table: TableDraft): TableDraft {
    const parent = this.#parent.get(table)!;
    return parent === table ? table : this.#rootOf(parent);
  }
}
