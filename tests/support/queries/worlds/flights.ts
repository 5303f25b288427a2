import { below, pick, type Random } from '../../random.ts';
import { columns, type Entity, many, one, type Row, type World } from '../world.ts';

const across = { colocated: false };

const ENTITIES: readonly Entity[] = [
  {
    type: 'Country',
    list: 'countries',
    shardKey: 'name',
    primaryKey: ['name'],
    columns: columns('name:id isoCode:text? dafifCode:text?'),
    relations: [many('airports', 'Airport', 'name=country'), many('airlines', 'Airline', 'name=country')],
  },
  {
    type: 'Airport',
    list: 'airports',
    shardKey: 'country',
    primaryKey: ['country', 'id'],
    columns: columns(
      `id:intId name:text city:text? country:id iata:text? icao:text? latitude:float longitude:float altitudeFeet:int
      utcOffsetHours:float? dst:enum? tzName:text? type:text source:text`,
      { dst: ['E', 'A', 'S', 'O', 'Z', 'N', 'U'] },
    ),
    relations: [
      many('departures', 'Route', 'id=sourceAirportId', across),
      many('arrivals', 'Route', 'id=destinationAirportId', across),
    ],
  },
  {
    type: 'Airline',
    list: 'airlines',
    shardKey: 'country',
    primaryKey: ['country', 'id'],
    columns: columns('id:intId name:text alias:text? iata:text? icao:text? callsign:text? country:id active:text'),
    relations: [many('routes', 'Route', 'id=airlineId', across)],
  },
  {
    type: 'Plane',
    list: 'planes',
    shardKey: 'name',
    primaryKey: ['name'],
    columns: columns('name:id iata:text? icao:text?'),
    relations: [
      many('routes', 'Route', 'name=planeName', {
        colocated: false,
        through: ['RoutePlane', 'airlineId=airlineId,routeId=id'],
      }),
    ],
  },
  {
    type: 'Route',
    list: 'routes',
    shardKey: 'airlineId',
    primaryKey: ['airlineId', 'id'],
    columns: columns(
      `id:intId airlineCode:text airlineId:intId sourceCode:text sourceAirportId:intId? destinationCode:text
      destinationAirportId:intId? codeshare:text? stops:int equipment:text?`,
    ),
    relations: [
      one('airline', 'Airline', 'airlineId=id', across),
      one('source', 'Airport', 'sourceAirportId=id', across),
      one('destination', 'Airport', 'destinationAirportId=id', across),
      many('planes', 'Plane', 'airlineId=airlineId,id=routeId', {
        colocated: false,
        through: ['RoutePlane', 'planeName=name'],
      }),
    ],
  },
  {
    type: 'RoutePlane',
    list: 'routePlanes',
    shardKey: 'airlineId',
    primaryKey: ['airlineId', 'routeId', 'planeName'],
    columns: columns('airlineId:intId routeId:intId planeName:id'),
    relations: [
      one('route', 'Route', 'airlineId=airlineId,routeId=id'),
      one('plane', 'Plane', 'planeName=name', across),
    ],
  },
];

const COUNTRIES = ['Iceland', "Côte d'Ivoire", '日本', 'Bonaire, Saba', 'Åland', 'Chad', 'Peru', '\u{1F600}', '\uFF5E'];

/** Most relations lead to other shards; some lead nowhere. */
export function flightsWorld(random: Random): World {
  const maybe = <T>(value: T, part = 0.2): T | null => (random() < part ? null : value);
  const rows: Record<string, Row[]> = Object.fromEntries(ENTITIES.map(({ type }) => [type, []]));
  rows.Country = COUNTRIES.map((name, at) => ({ name, isoCode: maybe(`I${at % 4}`), dafifCode: `D${at}` }));
  // 'Atlantis' is in no list of countries.
  const country = () => pick(random, [...COUNTRIES, 'Atlantis', '']);
  const airports = Array.from({ length: 30 }, (_, at) => `${at * 3 + 1}`);
  const airlines = ['-1', ...Array.from({ length: 11 }, (_, at) => `${at + 1}`)];
  const planes = Array.from({ length: 9 }, (_, at) => `Plane ${at} / "${at}"`);
  rows.Airport = airports.map((id) => ({
    id,
    name: pick(random, ['Airport', 'Flughafen "x"', '空港', 'First\nline']),
    city: maybe(`City ${below(random, 5)}`),
    country: country(),
    iata: maybe(`A${id}`),
    icao: maybe('ICAO'),
    latitude: (below(random, 1440) - 720) / 8,
    longitude: (below(random, 2880) - 1440) / 8,
    altitudeFeet: below(random, 20) * 100 - 100,
    utcOffsetHours: maybe(pick(random, [5.75, -3, 0])),
    dst: maybe(pick(random, ['E', 'A', 'U'])),
    tzName: maybe('Atlantic/Reykjavik'),
    type: 'airport',
    source: pick(random, ['test', 'Test']),
  }));
  rows.Airline = airlines.map((id) => ({
    id,
    name: `Airline ${id}`,
    alias: maybe('alias', 0.8),
    iata: maybe(`L${id}`),
    icao: 'N/A',
    callsign: maybe(pick(random, ['SPEED', 'speed', 'CALL'])),
    country: country(),
    active: pick(random, ['Y', 'N', 'n']),
  }));
  rows.Plane = planes.map((name, at) => ({ name, iata: maybe(`P${at % 4}`), icao: maybe(`I${at}`) }));
  rows.Route = Array.from({ length: 140 }, (_, at) => ({
    id: `${at + 1}`,
    airlineCode: 'XX',
    // 0 where the airline is unknown; 77 is no airline's id, 2 no airport's.
    airlineId: pick(random, [...airlines, ...airlines, '0', '77']),
    sourceCode: `A${below(random, 6)}`,
    sourceAirportId: maybe(pick(random, [...airports.slice(0, 12), '2'])),
    destinationCode: `A${below(random, 6)}`,
    destinationAirportId: maybe(pick(random, airports)),
    codeshare: maybe('Y', 0.8),
    stops: below(random, 3),
    equipment: maybe('320 738'),
  }));
  for (const { airlineId, id } of rows.Route) {
    for (const planeName of planes) {
      if (random() < 0.15) rows.RoutePlane!.push({ airlineId: airlineId!, routeId: id!, planeName });
    }
  }
  return { name: 'flights', config: 'examples/openflights/wrangler.toml', entities: ENTITIES, rows };
}
