/** What stands below a relation in the arguments of a write. */
import type { TableModel } from '../../../../model/types.ts';
import type { KeyInput } from '../../../../plans/arguments/row-key.ts';
import { badUserInput } from '../../../../plans/bad-user-input.ts';
import type { Version } from '../../../../shards/version.ts';
import { type AtomicInput, atomicChanges } from '../atomic.ts';
import type { DataInput } from '../column-values.ts';
import { expectedVersionArgument } from '../expected-version.ts';
import { type Part, partOf } from './operation-list.ts';
import type { RowChange, RowWriter } from './row-writer.ts';

export interface ConnectOrCreate {
  readonly by: KeyInput;
  readonly create: DataInput;
}

interface Expecting {
  readonly expectedVersion?: string | null;
}

export interface UpdateElement extends Expecting {
  readonly data?: DataInput | null;
  readonly atomic?: AtomicInput | null;
}

export interface UpsertElement extends Expecting {
  readonly create: DataInput;
  readonly update?: DataInput | null;
  readonly atomic?: AtomicInput | null;
}

export interface DeleteElement extends Expecting {
  readonly by: KeyInput;
}

/** An element that names its row. */
export type Named<Element> = Element & { readonly by: KeyInput };

/** The one thing that a to-one relation's input asks for (`@oneOf`). */
export const verbIn = (input: DataInput): readonly [verb: string, value: unknown] => Object.entries(input)[0]!;

export const expectedOf = (writer: RowWriter, { expectedVersion }: Expecting, part: Part): Version | null =>
  writer.list.at(part, () => expectedVersionArgument(expectedVersion));

/** @param name of the member that holds the data. */
export function changeOf(
  writer: RowWriter,
  table: TableModel,
  { data = {}, atomic }: UpdateElement,
  part: Part,
  name = 'data',
): RowChange {
  const dataPart = partOf(part, name);
  if (data === null) return writer.list.at(dataPart, () => refuseNull(name));
  const inPlace = writer.list.at(partOf(part, 'atomic'), () => atomicChanges(table, atomic, data));
  return { data, atomic: inPlace, part: dataPart };
}

function refuseNull(name: string): never {
  throw badUserInput(`Expected the columns to set, but got null. Leave ${name} out to set none.`);
}

/** The elements of a list in the input of a relation; none where it is left out. */
export function elementsOf<Element>(
  writer: RowWriter,
  input: DataInput,
  verb: string,
  part: Part,
): readonly { readonly element: Element; readonly part: Part }[] {
  const elements = input[verb];
  if (elements === undefined) return [];
  const inner = partOf(part, verb);
  if (elements === null) {
    return writer.list.at(inner, () => {
      throw badUserInput(`Expected a list of rows, but got null. Leave ${verb} out to do nothing of it.`);
    });
  }
  return (elements as readonly Element[]).map((element, index) => ({ element, part: partOf(inner, index) }));
}
