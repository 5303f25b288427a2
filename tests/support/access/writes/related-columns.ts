/** Columns that related rows are linked by, where a write links some: they count as given, whatever becomes of the rows. */
import type { Input } from '../../queries/query.ts';
import { ENTITIES } from '../entities.ts';
import type { Viewer } from '../roles.ts';
import { ROLES } from '../roles.ts';
import { writtenColumns } from '../write-rights.ts';
import type { Write } from './write.ts';

const CREATING = ['create', 'connectOrCreate', 'upsert'];
const LINKING = ['connect', 'connectOrCreate', 'disconnect', 'set'];

/** Those that the role may not give so. */
export function deniedLinks({ steps }: Write, viewer: Viewer): string[] {
  const inputs = (value: unknown): Input[] =>
    [value].flat().filter((one): one is Input => typeof one === 'object' && one !== null);
  const ofRow = (type: string, row: Input): string[] => {
    const { relations } = ENTITIES.find((entity) => entity.type === type)!;
    return relations.flatMap(({ name, kind, target, through, on }) =>
      Object.entries((row[name] ?? {}) as Input).flatMap(([verb, value]) => {
        const columns =
          kind === 'many' && through === null ? on.map(([, to]) => to).filter((to) => to !== 'spaceId') : [];
        const rights = [CREATING.includes(verb) && 'create', LINKING.includes(verb) && 'update'] as const;
        const denied = rights.flatMap((right) =>
          right === false ? [] : columns.filter((column) => !givenColumns(viewer, target, right).includes(column)),
        );
        const nested = inputs(value).flatMap((one) => ofData(target, one));
        return [...denied.map((column) => `${verb} gives ${target}.${column}`), ...nested];
      }),
    );
  };
  const ofData = (type: string, input: Input): string[] =>
    [input, ...inputs(input.create), ...inputs(input.update), ...inputs(input.data)].flatMap((row) => ofRow(type, row));
  return steps.flatMap(({ type, args }) => ofData(type, args));
}

function givenColumns({ role }: Viewer, type: string, verb: 'create' | 'update'): string[] {
  const { hidden = '' } = ROLES[role]?.[type] ?? {};
  const names = ENTITIES.find((entity) => entity.type === type)!.columns.map(({ name }) => name);
  return writtenColumns(
    role,
    type,
    verb,
    names.filter((name) => !hidden.split(' ').includes(name)),
  );
}
