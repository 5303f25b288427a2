/**
 * What arguments add to the cost of their field. They are looked at before they are held to their types, so nothing is taken
 * for granted here: what has another form than it should counts little, and is refused later.
 */
import type { Model, TableModel } from '../../model/types.ts';
import { aggregateField } from '../arguments/order.ts';
import { MAX_FILTER_DEPTH, MAX_ORDER_STEPS } from '../limits.ts';

type Given = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One value may stand for a list of it. */
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value == null ? [] : [value]);

const entriesOf = (value: unknown): readonly [string, unknown][] => (isObject(value) ? Object.entries(value) : []);

/** How many steps to related rows there are in a `where`. */
export function relatedInWhere(model: Model, table: TableModel, where: unknown, depth = 0): number {
  // Deeper ones are refused.
  if (depth > MAX_FILTER_DEPTH) return 0;
  let steps = 0;
  for (const [name, condition] of entriesOf(where)) {
    if (name === 'AND' || name === 'OR' || name === 'NOT') {
      for (const each of asList(condition)) steps += relatedInWhere(model, table, each, depth + 1);
      continue;
    }
    const relation = table.relationByName.get(name);
    if (relation !== undefined) {
      const target = model.table(relation.targetType);
      const filters = relation.kind === 'one' ? [condition] : entriesOf(condition).map(([, filter]) => filter);
      for (const filter of filters) steps += 1 + relatedInWhere(model, target, filter, depth + 1);
      continue;
    }
    const aggregated = table.relations.find((each) => aggregateField(each.name) === name);
    if (aggregated === undefined || !isObject(condition)) continue;
    const { where: inner, ...functions } = condition;
    const values = entriesOf(functions).reduce((sum, [of, columns]) => sum + (of === 'count' ? 1 : entriesOf(columns).length), 0); // biome-ignore format: one line
    steps += values + relatedInWhere(model, model.table(aggregated.targetType), inner, depth + 1);
  }
  return steps;
}

/** How many steps to related rows there are in an `orderBy`. */
export function relatedInOrder(orderBy: unknown): number {
  let steps = 0;
  for (let entry of asList(orderBy)) {
    for (let depth = 0; depth <= MAX_ORDER_STEPS && isObject(entry); depth++) {
      const [[name, value] = ['', null]] = Object.entries(entry);
      if (!isObject(value)) break;
      steps++;
      // What is below is a function, not a further relation.
      if (name.endsWith('Aggregate')) break;
      entry = value;
    }
  }
  return steps;
}

/** How many rows are written by the data of a mutation, related ones included. */
export function rowsInData(model: Model, table: TableModel, data: unknown, depth = 0): number {
  if (Array.isArray(data)) {
    let rows = 0;
    for (const each of data) rows += rowsInData(model, table, each, depth);
    return rows;
  }
  if (!isObject(data) || depth > MAX_NESTED_DATA) return 0;
  let rows = 1;
  for (const [name, value] of Object.entries(data)) {
    const relation = table.relationByName.get(name);
    const target = relation && model.table(relation.targetType);
    // `items: { create: [{ … }], connect: [{ … }] }`
    if (target) for (const [, given] of entriesOf(value)) rows += rowsInData(model, target, given, depth + 1);
    // `update: [{ by: { … }, data: { items: … } }]`: the row itself has been counted.
    else if (PARTS.has(name) && isObject(value)) rows += rowsInData(model, table, value, depth + 1) - 1;
  }
  return rows;
}

/** Variables end at some 600 levels. */
const MAX_NESTED_DATA = 600;
const PARTS: ReadonlySet<string> = new Set(['data', 'create', 'update']);

/** Whether a `by`, or a `where`, tells the shard key. */
export function namesShardKey({ shardKey }: Pick<TableModel, 'shardKey'>, where: unknown, depth = 0): boolean {
  if (!isObject(where) || depth > MAX_FILTER_DEPTH) return false;
  const condition = where[shardKey.name];
  if (isObject(condition)) {
    if (condition.eq != null) return true;
    if (Array.isArray(condition.in) && condition.in.length === 1) return true;
  } else if (condition != null) return true;
  return asList(where.AND).some((each) => namesShardKey({ shardKey }, each, depth + 1));
}
