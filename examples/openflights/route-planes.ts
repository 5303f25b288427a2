import { readCsv } from './read-csv.ts';
import type { SourceRow } from './table-import.ts';

/** Names of planes by IATA code; several planes may share a code. */
export type PlaneNames = ReadonlyMap<string, readonly string[]>;

export async function readPlaneNames(path: string): Promise<PlaneNames> {
  const namesByCode = new Map<string, string[]>();
  for await (const { cells } of readCsv(path)) {
    const { iata = '', name = '' } = cells;
    if (iata !== '') namesByCode.set(iata, [...(namesByCode.get(iata) ?? []), name]);
  }
  return namesByCode;
}

/** Rows of the join table, from the codes that each route lists as its equipment. Tells how many codes name no plane. */
export async function* routePlanes(
  routesPath: string,
  planeNames: PlaneNames,
  tell: (message: string) => void,
): AsyncGenerator<SourceRow> {
  let unknown = 0;
  for await (const { line, cells } of readCsv(routesPath)) {
    const { airline_id: airlineId = '', id = '', equipment = '' } = cells;
    for (const code of new Set(equipment.split(' ').filter((code) => code !== ''))) {
      const names = planeNames.get(code) ?? [];
      if (names.length === 0) unknown++;
      for (const name of names) {
        // Without an airline, the same default as that of the route.
        const values = { ...(airlineId !== '' && { airline_id: airlineId }), route_id: id, plane_name: name };
        yield { line, values };
      }
    }
  }
  tell(`${unknown} codes in routes' equipment name no plane.`);
}
