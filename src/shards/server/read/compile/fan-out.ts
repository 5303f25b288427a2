/**
 * How often the statement of a node looks at a row. A correlated subquery runs for each row around it. Where several of those
 * lead to the same row, and that one leads on to many, the work multiplies, once more with each such turn: four of them over
 * 755 rows took 21 seconds.
 */
import type { TableModel } from '../../../../model/types.ts';
import type { RelatedRows, Source } from '../../../plan/source.ts';
import { visitSource } from '../../../plan/visit-plan.ts';
import type { SourceFields } from './fields.ts';
import { showsLiveOnly } from './index-choice.ts';

/** `one`: there is one row at most. `once`: each row at most once. `often`: a row again for each row that leads to it. */
export type Visits = 'one' | 'once' | 'often';

/** At most one row of a source has given values in these columns. */
export const isUniqueOn = (table: TableModel, source: Pick<Source, 'hiddenBy'>, columns: readonly string[]): boolean =>
  [table.primaryKey, ...table.uniqueKeys].some(
    (key) => (!key.liveOnly || showsLiveOnly(table, source)) && key.names.every((name) => columns.includes(name)),
  );

/** A row may have several related rows. */
export const leadsToMany = ({ table }: SourceFields, related: RelatedRows): boolean =>
  related.through !== null || !isUniqueOn(table, related, related.match);

/** How often related rows are looked at by a subquery that is correlated. */
export function visitsOf(outer: Visits, from: SourceFields, related: RelatedRows, target: SourceFields): Visits {
  switch (outer) {
    case 'one':
      return leadsToMany(target, related) ? 'once' : 'one';
    case 'once':
      // Other rows lead to others.
      return related.through === null && isUniqueOn(from.table, { hiddenBy: null }, related.from) ? 'once' : 'often';
    case 'often':
      return 'often';
  }
}

/** What keeps a row of a source looks at many other rows. */
export function fansOut(source: Source, fields: SourceFields): boolean {
  let found = false;
  const look = (related: RelatedRows) => {
    found ||= leadsToMany(fields.of(related), related);
  };
  visitSource(source, {
    source: ({ computed }) => {
      for (const column of computed) if ('related' in column) look(column.related);
    },
    filter: (filter) => {
      if (filter.op === 'exists') look(filter.related);
    },
  });
  return found;
}
