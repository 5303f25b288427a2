/**
 * SQLite compiles a statement together with all it may cascade to, whatever rows there are, and refuses it where that
 * nests too many triggers: no row of such a table could be deleted.
 *
 * Each foreign key that cascades is a trigger, compiled once for a statement. It lies as deep as the way by which SQLite
 * first meets it, which depends on the order in which tables were created; what counts here is the longest way. Within
 * a circle of tables, or a table that refers to itself, it may go through every foreign key. The log's trigger is the
 * deepest, except at a circle's end: there it is met at the beginning.
 */
import { getOrInsert } from '../../lib/get-or-insert.ts';
import { type ModelDraft, targetOf, whereTable } from '../model-draft.ts';
import { anyCode } from '../snippets.ts';
import type { TableDraft } from '../table-draft.ts';
import type { ModelRule } from './rule.ts';

/** Greatest nesting of triggers (workerd, util/sqlite.c++). */
export const MAX_TRIGGER_DEPTH = 10;

const WRITES = {
  onDelete: {
    name: (typeName: string) => `a delete of ${typeName}`,
    remedy: 'delete the rows that refer by it first',
  },
  onUpdate: {
    name: (typeName: string) => `a change of a key of ${typeName}`,
    remedy: 'change keys that no row refers to',
  },
} as const;

type Action = keyof typeof WRITES;

/** A foreign key by which what happens to a row happens to those that refer to it. */
interface Cascade {
  readonly parent: TableDraft;
  readonly child: TableDraft;
  /** Whether a statement of ours sets it off, and not only another cascade. */
  readonly isFirst: boolean;
}

/** The deepest nesting that a write may have, and the tables on the way: those of a circle together. */
interface Nesting {
  readonly depth: number;
  readonly way: readonly (readonly TableDraft[])[];
}

export const cascadesRule: ModelRule = (subject, report) => {
  for (const action of Object.keys(WRITES) as Action[]) {
    const cascades = cascadesOf(subject, action);
    if (cascades.length < MAX_TRIGGER_DEPTH) continue;
    const graph = new CascadeGraph(cascades);
    const tooDeep = cascades
      .filter(({ isFirst }) => isFirst)
      .map((cascade) => ({ table: cascade.parent, ...graph.nestingFrom(cascade) }))
      .filter(({ depth }) => depth > MAX_TRIGGER_DEPTH)
      .sort((a, b) => b.depth - a.depth);
    // What lies below a reported table is part of its problem.
    const told = new Set<TableDraft>();
    for (const { table, depth, way } of tooDeep) {
      if (told.has(table)) continue;
      for (const reached of graph.reach(table)) told.add(reached);
      const { name, remedy } = WRITES[action];
      report({
        where: whereTable(table),
        message: `Expected ${name(table.typeName)} to nest at most ${MAX_TRIGGER_DEPTH} triggers, but got up to ${depth}, one for each foreign key that cascades and the log's: ${way.map(stepText).join(' ← ')}.`,
        remedy: `Give one of these foreign keys an ${action} of ${anyCode(["'restrict'", "'no action'"])}, and ${remedy}.`,
      });
    }
  }
};

const stepText = (tables: readonly TableDraft[]): string => {
  const names = tables.map(({ typeName }) => typeName).join(', ');
  return tables.length === 1 ? names : `(${names})`;
};

function cascadesOf(subject: ModelDraft, action: Action): Cascade[] {
  return subject.tables.flatMap((child) =>
    child.foreignKeys.flatMap((foreignKey): Cascade[] => {
      const parent = targetOf(subject, foreignKey);
      if (parent === undefined || foreignKey[action] !== 'cascade') return [];
      const isFixed = (name: string) => name === parent.shardKey || parent.primaryKey.includes(name);
      return [{ parent, child, isFirst: action === 'onDelete' || !foreignKey.targetColumns.every(isFixed) }];
    }),
  );
}

class CascadeGraph {
  readonly #byParent: ReadonlyMap<TableDraft, readonly Cascade[]>;
  readonly #reach = new Map<TableDraft, ReadonlySet<TableDraft>>();
  readonly #nesting = new Map<TableDraft, Nesting>();

  constructor(cascades: readonly Cascade[]) {
    this.#byParent = Map.groupBy(cascades, ({ parent }) => parent);
  }

  /** The table and all that a write of it may cascade to. */
  reach(table: TableDraft): ReadonlySet<TableDraft> {
    return getOrInsert(this.#reach, table, () => {
      const reached = new Set([table]);
      for (const each of reached) for (const { child } of this.#below(each)) reached.add(child);
      return reached;
    });
  }

  /** Of a write whose first step is this. */
  nestingFrom({ parent, child }: Cascade): Nesting {
    if (this.reach(child).has(parent)) return this.#nestingOf(parent);
    const { depth, way } = this.#nestingOf(child);
    return { depth: depth + 1, way: [[parent], ...way] };
  }

  /** Of a write of this table, or of one in a circle with it. */
  #nestingOf(table: TableDraft): Nesting {
    return getOrInsert(this.#nesting, table, () => {
      const circle = [...this.reach(table)].filter((other) => this.reach(other).has(table));
      const cascades = circle.flatMap((each) => this.#below(each));
      const leaving = cascades.filter(({ child }) => !circle.includes(child));
      const within = cascades.length - leaving.length;
      const below = leaving.map(({ child }) => this.#nestingOf(child)).sort((a, b) => b.depth - a.depth)[0];
      if (below === undefined) return { depth: Math.max(within, 1), way: [circle] };
      return { depth: within + 1 + below.depth, way: [circle, ...below.way] };
    });
  }

  #below = (table: TableDraft): readonly Cascade[] => this.#byParent.get(table) ?? [];
}
