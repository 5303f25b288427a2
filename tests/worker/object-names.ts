/** Names of Durable Objects may begin with that of the test file that they belong to: see `own-storage.ts`. */

export const END_OF_FILE_NAME = '/';

export const isOfFile = (name: string): boolean => name.includes(END_OF_FILE_NAME);

/** The name by which tests and the product know an object. */
export const nameInFile = ({ name = '' }: DurableObjectId): string =>
  name.slice(name.indexOf(END_OF_FILE_NAME) + END_OF_FILE_NAME.length);

/** The objects of the same file as this one, which may be an earlier file than the one that runs. */
export function ofSameFile({ id }: DurableObjectState, namespace: DurableObjectNamespace): DurableObjectNamespace {
  const file = (id.name ?? '').slice(0, -nameInFile(id).length);
  return {
    getByName: (name: string) => namespace.getByName(`${file}${name}`),
    // The runtime has none, and says so.
    jurisdiction: (code: DurableObjectJurisdiction) => namespace.jurisdiction(code),
  } as DurableObjectNamespace;
}
