import type { ColumnModel } from '../../model/types.ts';
import type { Measure } from '../../shards/plan/aggregate.ts';
import type { MeasureRow } from '../../shards/plan/answer.ts';

/** What clients ask of a column; `count` of rows needs no column. */
const MEASURES = ['countDistinct', 'sum', 'avg', 'min', 'max'] as const;

export type MeasureName = (typeof MEASURES)[number];

export const isMeasureName = (name: string): name is MeasureName => (MEASURES as readonly string[]).includes(name);

/** The measures that shards are asked for: each once, in order of first need. */
export class AggregateSelection {
  readonly measures: Measure[] = [];
  readonly #indexById = new Map<string, number>();

  /** Adds all that a measure of a column is made of. */
  need(name: MeasureName, column: ColumnModel): void {
    this.#add(name === 'avg' ? 'sum' : name, column);
    // Where each row has a value, the number of rows is known.
    if (name === 'avg' && !column.notNull) this.#add('count', column);
  }

  /** Position of a measure in an answer's row, whose first entry is the number of rows. */
  positionOf(op: Measure['op'], column: ColumnModel): number {
    return op === 'count' && column.notNull ? 0 : this.#indexById.get(`${op} ${column.name}`)! + 1;
  }

  /** The measures of no rows. */
  get emptyRow(): MeasureRow {
    return [0, ...this.measures.map(({ op }) => (op === 'count' || op === 'countDistinct' ? 0 : null))];
  }

  #add(op: Measure['op'], column: ColumnModel): void {
    const id = `${op} ${column.name}`;
    if (!this.#indexById.has(id)) this.#indexById.set(id, this.measures.push({ op, column: column.name }) - 1);
  }
}
