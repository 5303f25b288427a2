/** What the sources of shards that are used here name of the platform's types, which are not those of Node. */
type SqlStorageValue = ArrayBuffer | string | number | null;

interface SqlStorage {
  exec<T extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]): SqlStorageCursor<T>;
}

interface SqlStorageCursor<T extends Record<string, SqlStorageValue>> extends Iterable<T> {
  raw<U extends SqlStorageValue[]>(): IterableIterator<U>;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}
