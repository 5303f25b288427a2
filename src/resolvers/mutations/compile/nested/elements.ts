/** What stands below a relation in the arguments of a write. */
import type { TableModel } from '../../../../model/types.ts';
import type { KeyInput } from '../../../../plans/arguments/row-key.ts';
import type { Version } from '../../../../shards/version.ts';
import { type AtomicInput, atomicChanges } from '../atomic.ts';
import type { DataInput } from '../column-values.ts';
import { expectedVersionIn } from '../expected-version.ts';
import { refuseNull } from '../refuse-null.ts';
import { type Part, partOf } from './operation-list.ts';
import type { RowChange } from './row-writer.ts';

export interface ConnectOrCreate {
  readonly by: KeyInput;
  readonly create: DataInput;
}

interface Expecting {
  readonly expectedVersion?: string | null;
}

export interface UpdateElement extends Expecting {
  readonly data?: DataInput | undefined;
  readonly atomic?: AtomicInput;
}

export interface UpsertElement extends Expecting {
  readonly create: DataInput;
  readonly update?: DataInput | undefined;
  readonly atomic?: AtomicInput;
}

export interface DeleteElement extends Expecting {
  readonly by: KeyInput;
}

/** An element that names its row. */
export type Named<Element> = Element & { readonly by: KeyInput };

/** The one thing that a to-one relation's input asks for (`@oneOf`). */
export const verbIn = (input: DataInput): readonly [verb: string, value: unknown] => Object.entries(input)[0]!;

export const expectedOf = (element: Expecting, part: Part): Version | null => expectedVersionIn(element, part.path);

/** @param name of the member that holds the data. */
export function changeOf(
  table: TableModel,
  { data = {}, atomic }: UpdateElement,
  part: Part,
  name = 'data',
): RowChange {
  refuseNull({ [name]: data, atomic }, part.path);
  const inPlace = atomicChanges(table, atomic, data, partOf(part, 'atomic').path);
  return { data, atomic: inPlace, part: partOf(part, name) };
}

/** The elements of a list in the input of a relation; none where it is left out. */
export function elementsOf<Element>(
  input: DataInput,
  verb: string,
  part: Part,
): readonly { readonly element: Element; readonly part: Part }[] {
  const elements = input[verb] as readonly Element[] | undefined;
  if (elements === undefined) return [];
  const inner = partOf(part, verb);
  return elements.map((element, index) => ({ element, part: partOf(inner, index) }));
}
