/** What ShardQL keeps beside drizzle-kit's snapshot (`meta/<n>_facts.json`): what SQL does not know of the tables. */
import { type StoredForm, storedForm } from '../../../src/model/stored-form.ts';
import type { Migration, Model } from '../../../src/model/types.ts';

export interface Facts extends Pick<Migration, 'renames' | 'checks' | 'reverts'> {
  /** Hash of the statements that were rehearsed: an SQL file with another one was edited since. */
  readonly hash: string;
  /** By SQL name. */
  readonly tables: Readonly<Record<string, TableFacts>>;
}

export interface TableFacts {
  /** SQL name of the column that says where a row lives. */
  readonly shardKey: string;
  /** By SQL name. */
  readonly columns: Readonly<Record<string, StoredForm>>;
}

export const tableFacts = (model: Model): Facts['tables'] =>
  Object.fromEntries(
    model.tables.map(({ sqlName, shardKey, columns }) => [
      sqlName,
      {
        shardKey: shardKey.sqlName,
        columns: Object.fromEntries(columns.map((column) => [column.sqlName, storedForm(column)])),
      },
    ]),
  );
