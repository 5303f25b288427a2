/** Four domains whose tables refer to each other: airports by country, routes by airline, airlines and planes by id. */
import { index, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../../src/model/define-model.ts';

export const airlines = sqliteTable('airlines', {
  id: integer().primaryKey(),
  parentId: integer('parent_id'),
  name: text().notNull(),
  active: integer({ mode: 'boolean' }).notNull().default(true),
});

export const airports = sqliteTable(
  'airports',
  {
    country: text().notNull(),
    id: integer().notNull(),
    iata: text(),
    name: text().notNull(),
    latitude: real().notNull(),
    longitude: real().notNull(),
  },
  (t) => [primaryKey({ columns: [t.country, t.id] }), unique().on(t.country, t.iata), index('airports_id').on(t.id)],
);

export const planes = sqliteTable('planes', { code: text().primaryKey(), name: text().notNull() });

export const routes = sqliteTable(
  'routes',
  {
    airlineId: integer('airline_id')
      .notNull()
      .references(() => airlines.id),
    id: integer().notNull(),
    sourceAirportId: integer('source_airport_id').notNull(),
    destinationAirportId: integer('destination_airport_id'),
    stops: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.airlineId, t.id] }),
    index('routes_of_source').on(t.sourceAirportId),
    index('routes_of_destination').on(t.destinationAirportId),
  ],
);

/** Lives with the routes; its planes live elsewhere. */
export const routePlanes = sqliteTable(
  'route_planes',
  {
    airlineId: integer('airline_id').notNull(),
    routeId: integer('route_id').notNull(),
    planeCode: text('plane_code').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.airlineId, t.routeId, t.planeCode] }),
    index('route_planes_of_plane').on(t.planeCode),
  ],
);

export default defineModel(
  {
    Airline: { table: airlines, shardKey: 'id' },
    Airport: { table: airports, shardKey: 'country', search: ['name'] },
    Plane: { table: planes, shardKey: 'code', search: ['name'] },
    Route: { table: routes, shardKey: 'airlineId' },
    RoutePlane: { table: routePlanes, shardKey: 'airlineId', domain: 'Airline' },
  },
  ({ one, many }) => ({
    Airline: {
      parent: one.Airline({ from: 'parentId', to: 'id' }),
      subsidiaries: many.Airline({ from: 'id', to: 'parentId' }),
      routes: many.Route(),
      sources: many.Airport({
        from: 'id',
        through: { type: 'Route', from: 'airlineId', to: 'sourceAirportId' },
        to: 'id',
      }),
    },
    Airport: {
      /** All of its country, itself included. */
      neighbours: many.Airport({ from: 'country', to: 'country' }),
      departures: many.Route({ from: 'id', to: 'sourceAirportId' }),
      arrivals: many.Route({ from: 'id', to: 'destinationAirportId' }),
    },
    Plane: {
      usages: many.RoutePlane({ from: 'code', to: 'planeCode' }),
      routes: many.Route({ through: 'RoutePlane' }),
    },
    Route: {
      airline: one.Airline(),
      source: one.Airport({ from: 'sourceAirportId', to: 'id' }),
      destination: one.Airport({ from: 'destinationAirportId', to: 'id' }),
      planes: many.Plane({ through: 'RoutePlane' }),
    },
    RoutePlane: {
      route: one.Route({ from: 'routeId', to: 'id' }),
      plane: one.Plane({ from: 'planeCode', to: 'code' }),
    },
  }),
);
