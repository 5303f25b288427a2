/** Data of the shape of OpenFlights, with its faults: missing references, duplicates, quotes and newlines in names. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { below, pick, type Random } from './random.ts';

/** Cells by column; empty where the value is missing. */
export type Cells = Readonly<Record<string, string>>;
export type Flights = Readonly<Record<'countries' | 'airports' | 'airlines' | 'planes' | 'routes', readonly Cells[]>>;

const COUNTRIES = ['Iceland', "Côte d'Ivoire", '日本', 'Bonaire, Saba', 'The "Old" Republic', 'Åland', 'Chad', 'Peru'];
const PLANE_CODES = ['320', '738', 'CNJ', 'CNJ', 'DH4', '', '77W', 'E90', 'AT7'];
const UNKNOWN_CODE = 'ZZZ';
const ROUTES = 600;

export function makeFlights(random: Random): Flights {
  const sometimes = (value: string, part = 0.1): string => (random() < part ? '' : value);
  const airportIds = Array.from({ length: 40 }, (_, index) => `${index * 3 + 1}`);
  const airlineIds = ['-1', ...Array.from({ length: 11 }, (_, index) => `${index + 1}`)];
  return {
    countries: [...COUNTRIES, COUNTRIES[0]!, COUNTRIES[3]!].map((name, index) => ({
      name,
      iso_code: sometimes(`I${index}`),
      dafif_code: `D${index}`,
    })),
    airports: airportIds.map((id) => ({
      id,
      name: pick(random, [`Airport ${id}`, `Flughafen "${id}"`, `空港, ${id}`, `First line\nof ${id}`]),
      city: sometimes(`City ${id}`),
      country: pick(random, [...COUNTRIES, 'Atlantis']),
      iata: sometimes(`A${id}`),
      icao: `ICA${id}`,
      latitude: `${random() * 180 - 90}`,
      longitude: `${random() * 360 - 180}`,
      altitude_feet: `${below(random, 9000) - 100}`,
      utc_offset_hours: sometimes(pick(random, ['5.75', '-3', '0'])),
      dst: sometimes(pick(random, ['E', 'A', 'U'])),
      tz_name: sometimes('Atlantic/Reykjavik'),
      type: 'airport',
      source: 'test',
    })),
    airlines: airlineIds.map((id) => ({
      id,
      name: `Airline ${id}`,
      alias: '',
      iata: sometimes(`L${id}`),
      icao: 'N/A',
      callsign: sometimes(`CALL ${id}`),
      country: sometimes(pick(random, COUNTRIES), 0.3),
      active: pick(random, ['Y', 'N', 'n']),
    })),
    planes: PLANE_CODES.map((iata, index) => ({
      name: `Plane ${index} / "${iata}"`,
      iata,
      icao: sometimes(`P${index}`),
    })),
    routes: Array.from({ length: ROUTES }, (_, index) => {
      // 2 is no airport's id.
      const [source, destination] = [pick(random, airportIds), sometimes(pick(random, [...airportIds, '2']))];
      return {
        id: `${index + 1}`,
        airline_code: 'XX',
        airline_id: sometimes(pick(random, airlineIds)),
        source_code: `A${source}`,
        source_airport_id: sometimes(source),
        destination_code: `A${destination}`,
        destination_airport_id: destination,
        codeshare: sometimes('Y', 0.8),
        stops: `${below(random, 2)}`,
        equipment: pick(random, ['', '320', '320 738', 'CNJ', `DH4 ${UNKNOWN_CODE} CNJ`, '320 E90 77W AT7']),
      };
    }),
  };
}

/** Writes one CSV file per table. */
export function writeFlights(folder: string, flights: Flights): void {
  mkdirSync(folder, { recursive: true });
  for (const [table, rows] of Object.entries(flights)) {
    const lines = [Object.keys(rows[0]!), ...rows.map(Object.values)].map((cells: string[]) => cells.map(quote).join());
    writeFileSync(join(folder, `${table}.csv`), `${lines.join('\r\n')}\r\n`);
  }
}

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
