/** Whether rules that have to hold together can be true of any row, as far as constants show it. */
import { getOrInsert } from '../../../src/lib/get-or-insert.ts';
import type { RuleWhere } from '../../../src/model/table-rules.ts';
import type { Model, TableModel } from '../../../src/model/types.ts';
import { ColumnFacts } from './column-facts.ts';

/** By column. */
type Facts = ReadonlyMap<string, ColumnFacts>;

/** The columns or relations that contradict themselves; null: nothing shows that no row is meant. */
export function contradiction(model: Model, table: TableModel, wheres: readonly RuleWhere[]): string | null {
  return new Conjunction(model, table, new Map()).add(wheres);
}

class Conjunction {
  readonly #model: Model;
  readonly #table: TableModel;
  readonly #facts: Map<string, ColumnFacts>;

  constructor(model: Model, table: TableModel, facts: Facts) {
    this.#model = model;
    this.#table = table;
    this.#facts = new Map([...facts].map(([name, each]) => [name, each.copy()]));
  }

  /** Columns first: what stands beside an OR or a relation holds for each of its terms. */
  add(wheres: readonly RuleWhere[]): string | null {
    const flat = wheres.flatMap(conjuncts);
    for (const [name, condition] of flat) {
      const problem = this.#addColumn(name, condition);
      if (problem !== null) return problem;
    }
    for (const [name, condition] of flat) {
      const problem = name === 'OR' ? this.#anyOf(condition as readonly RuleWhere[]) : this.#related(name, condition);
      if (problem !== null) return problem;
    }
    return null;
  }

  #addColumn(name: string, condition: unknown): string | null {
    const column = this.#table.columnByName.get(name);
    if (column === undefined || column.scalar === 'JSON') return null;
    const facts = getOrInsert(this.#facts, name, () => new ColumnFacts(column));
    facts.add(condition as RuleWhere);
    return facts.areContradictory ? name : null;
  }

  #anyOf(terms: readonly RuleWhere[]): string | null {
    const problems = terms.map((term) => new Conjunction(this.#model, this.#table, this.#facts).add([term]));
    return problems.includes(null) ? null : [...new Set(problems)].join(', ');
  }

  /** A row that is related, where one has to be. */
  #related(name: string, condition: unknown): string | null {
    const relation = this.#table.relationByName.get(name);
    if (relation === undefined) return null;
    const target = this.#model.table(relation.targetType);
    const where = (relation.kind === 'one' ? condition : (condition as { some?: RuleWhere }).some) as
      | RuleWhere
      | undefined;
    const problem = where === undefined ? null : contradiction(this.#model, target, [where]);
    return problem === null ? null : `${name}.${problem}`;
  }
}

/** Its conditions, those under AND among them. */
const conjuncts = (where: RuleWhere): [name: string, condition: unknown][] =>
  Object.entries(where).flatMap(([name, condition]): [string, unknown][] =>
    name === 'AND' ? (condition as readonly RuleWhere[]).flatMap(conjuncts) : [[name, condition]],
  );
