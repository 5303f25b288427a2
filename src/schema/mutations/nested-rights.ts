/** Which relations a role may write rows of together with the row that has them, and what it may do with those rows. */
import type { Model, RelationModel, TableModel } from '../../model/types.ts';
import { columnsToWrite, mayWrite } from '../../model/writable-columns.ts';
import { relationColumns } from '../../resolvers/mutations/compile/nested/relation-columns.ts';
import { hasCreate, hasUpdate } from './writable-tables.ts';

type Verb = 'create' | 'update';

/** What may be done with related rows of a table, by the names of inputs. Without rules: everything that the table has. */
export function nestedRights(model: Model, table: TableModel): Readonly<Record<string, boolean>> {
  if (table.rules === null) return {};
  const [creates, updates, deletes] = [hasCreate(table), hasUpdate(table), mayWrite(table, 'delete')];
  const joins = joinsOf(model, table);
  const links = updates || joins.some((join) => mayWrite(join, 'create'));
  const unlinks = updates || joins.some((join) => mayWrite(join, 'delete'));
  return {
    create: creates,
    connectOrCreate: creates,
    update: updates,
    upsert: creates && updates,
    delete: deletes,
    'many connect': links,
    'many disconnect': unlinks,
    'many set': links && unlinks,
  };
}

/** Tables whose rows link rows of a table to others. */
const joinsOf = (model: Model, { typeName }: TableModel): readonly TableModel[] =>
  model.tables
    .flatMap(({ relations }) => relations)
    .flatMap(({ targetType, through }) => (targetType === typeName && through ? [model.table(through.type)] : []));

/** Whether rows of a relation may be written with the row: the columns that relate them have to be among those that may be given. */
export function mayRelate(model: Model, table: TableModel, relation: RelationModel, verb: Verb): boolean {
  if (table.rules === null) return true;
  const target = model.table(relation.targetType);
  if (!relation.colocated) return false;
  const columns = relationColumns(relation, table, model);
  switch (columns.holder) {
    case 'source':
      return mayGive(
        table,
        verb,
        columns.pairs.map(({ from }) => from),
      );
    case 'target': {
      const names = columns.pairs.map(({ to }) => to);
      const creates = hasCreate(target) && mayGive(target, 'create', names);
      return (
        creates ||
        (hasUpdate(target) && mayGive(target, 'update', names)) ||
        (verb === 'update' && mayWrite(target, 'delete'))
      );
    }
    case 'join':
      return mayWrite(columns.join, 'create') || (verb === 'update' && mayWrite(columns.join, 'delete'));
  }
}

function mayGive(table: TableModel, verb: Verb, names: readonly string[]): boolean {
  const given = new Set(columnsToWrite(table, verb).map(({ name }) => name));
  return names.every((name) => given.has(name));
}
