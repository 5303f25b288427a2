import type { Advice } from '../../advice.ts';
import { droppedIndex } from '../../plan/recommended-index.ts';
import { type Advisor, NO_SUBJECT } from './advice-facts.ts';

/** A week of hours in which anything was asked: less may leave out what is asked once a week. */
export const LEAST_UNUSED_HOURS = 168;

/** Indexes that each write keeps up to date, and no read has use for. */
export const unusedIndexes: Advisor = ({ model, unusedIndexes: unused }) =>
  unused.flatMap(({ table: type, index: name, hours }): Advice[] => {
    const table = model.tableByType.get(type);
    const declared = table?.indexes.find((each) => each.name === name);
    if (table === undefined || declared === undefined) return [];
    const index = droppedIndex(model, declared);
    const first = index.columns.find((column) => column !== table.shardKey.name)!;
    return [
      {
        ...NO_SUBJECT,
        id: `UNUSED_INDEX ${type} ${name}`,
        kind: 'UNUSED_INDEX',
        summary: `Nothing has looked up or ordered rows of ${type} by ${first} in ${hours} hours in which anything was asked. Each row that is written costs one row more for the index ${name}.`,
        remedy: `Remove ${index.drizzle} from the table of ${type} in the model, then run npm run db:generate and deploy. Keep it if something is rarer than that.`,
        table: type,
        index,
      },
    ];
  });
