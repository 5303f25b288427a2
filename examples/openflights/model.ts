/**
 * Flight routes of the world, as OpenFlights publishes them. Airports and airlines live with their country, routes with
 * their airline, planes by themselves; so most relations lead to other shards. Columns have the names of the CSV files.
 */
import { foreignKey, index, integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../src/model/define-model.ts';

export const countries = sqliteTable('countries', {
  name: text().primaryKey(),
  isoCode: text('iso_code'),
  dafifCode: text('dafif_code'),
});

/** Countries as airports and airlines spell them are not all in `countries`: no foreign key, but one shard. */
const country = () => text().notNull().default('');

export const airports = sqliteTable(
  'airports',
  {
    id: integer().notNull(),
    name: text().notNull(),
    city: text(),
    country: country(),
    iata: text(),
    icao: text(),
    latitude: real().notNull(),
    longitude: real().notNull(),
    altitudeFeet: integer('altitude_feet').notNull(),
    utcOffsetHours: real('utc_offset_hours'),
    /** Daylight saving time: Europe, America, South America, Australia, New Zealand, none, unknown. */
    dst: text({ enum: ['E', 'A', 'S', 'O', 'Z', 'N', 'U'] }),
    tzName: text('tz_name'),
    type: text().notNull(),
    source: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.country, t.id] }),
    index('airports_by_id').on(t.id),
    index('airports_by_iata').on(t.iata),
  ],
);

export const airlines = sqliteTable(
  'airlines',
  {
    id: integer().notNull(),
    name: text().notNull(),
    alias: text(),
    iata: text(),
    icao: text(),
    callsign: text(),
    country: country(),
    active: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.country, t.id] }),
    index('airlines_by_id').on(t.id),
    index('airlines_by_iata').on(t.iata),
  ],
);

export const planes = sqliteTable('planes', { name: text().primaryKey(), iata: text(), icao: text() }, (t) => [
  index('planes_by_iata').on(t.iata),
]);

export const routes = sqliteTable(
  'routes',
  {
    id: integer().notNull(),
    airlineCode: text('airline_code').notNull(),
    /** 0 where the airline is unknown. */
    airlineId: integer('airline_id').notNull().default(0),
    sourceCode: text('source_code').notNull(),
    sourceAirportId: integer('source_airport_id'),
    destinationCode: text('destination_code').notNull(),
    destinationAirportId: integer('destination_airport_id'),
    codeshare: text(),
    stops: integer().notNull(),
    /** IATA codes of planes, separated by spaces. `route_planes` says which planes they are. */
    equipment: text(),
  },
  (t) => [
    primaryKey({ columns: [t.airlineId, t.id] }),
    index('routes_of_source').on(t.sourceAirportId),
    index('routes_of_destination').on(t.destinationAirportId),
  ],
);

/** Which planes fly a route. Lives with the route. */
export const routePlanes = sqliteTable(
  'route_planes',
  {
    airlineId: integer('airline_id').notNull().default(0),
    routeId: integer('route_id').notNull(),
    planeName: text('plane_name').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.airlineId, t.routeId, t.planeName] }),
    foreignKey({ columns: [t.airlineId, t.routeId], foreignColumns: [routes.airlineId, routes.id] }).onDelete(
      'cascade',
    ),
    index('route_planes_of_plane').on(t.planeName),
  ],
);

export default defineModel(
  {
    Country: { table: countries, shardKey: 'name' },
    Airport: { table: airports, shardKey: 'country', domain: 'Country' },
    Airline: { table: airlines, shardKey: 'country', domain: 'Country' },
    Plane: { table: planes, shardKey: 'name' },
    Route: { table: routes, shardKey: 'airlineId' },
    RoutePlane: { table: routePlanes, shardKey: 'airlineId' },
  },
  ({ one, many }) => ({
    Country: {
      airports: many.Airport({ from: 'name', to: 'country' }),
      airlines: many.Airline({ from: 'name', to: 'country' }),
    },
    Airport: {
      departures: many.Route({ from: 'id', to: 'sourceAirportId' }),
      arrivals: many.Route({ from: 'id', to: 'destinationAirportId' }),
    },
    Airline: { routes: many.Route({ from: 'id', to: 'airlineId' }) },
    Plane: { routes: many.Route({ through: 'RoutePlane' }) },
    Route: {
      airline: one.Airline({ from: 'airlineId', to: 'id' }),
      source: one.Airport({ from: 'sourceAirportId', to: 'id' }),
      destination: one.Airport({ from: 'destinationAirportId', to: 'id' }),
      planes: many.Plane({ through: 'RoutePlane' }),
    },
    RoutePlane: { route: one.Route(), plane: one.Plane({ from: 'planeName', to: 'name' }) },
  }),
);
