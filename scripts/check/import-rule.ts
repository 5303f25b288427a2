import type { Import } from './source-imports.ts';

/** A folder of `src/` imports only itself and those after it. Files in `src/` itself are the Worker: they wire. */
const LAYERS = ['worker', 'http', 'schema', 'resolvers', 'plans', 'cache', 'shards', 'model', 'lib', 'events'] as const;

type Layer = (typeof LAYERS)[number];

/** What an invocation works with is made in one room, for requests, batches of the queue and warming alike. */
const WIRING = 'src/http/wiring/';
const WIRED_LAYERS: ReadonlySet<Layer> = new Set(['worker', 'http', 'schema']);
const WIRED_PARTS =
  /^src\/(shards\/client\/|cache\/(isolate|stores|reading)\/|resolvers\/(?:.*\/)?request-reader\.ts$)/;

/** Files by which plans are made. */
const PLAN_FACTORIES = /^src\/shards\/plan\/(node|page|source|compiled-plan)\.ts$/;

/** Within these layers, the same of their folders, and after them of the files in the layer's folder itself. */
const ROOMS: Partial<Record<Layer, readonly string[]>> = {
  cache: ['audit', 'invalidation', 'reading', 'isolate', 'stores', 'entries', ''],
};

/** The model's value is passed in: only the Worker's entry, and the files themselves, may import these. */
const VALUES_OF_THE_USER = /^src\/schema\/((model|extensions)\.ts|migrations\/)/;

/** One sentence per import that the architecture does not allow. */
export const importRuleViolations = (imports: readonly Import[]): string[] =>
  imports.flatMap((each) => {
    const reason = violation(each);
    return reason === null ? [] : [`${each.from} imports ${each.to}: ${reason}`];
  });

function violation({ from, to, isTypeOnly }: Import): string | null {
  const source = layerOf(from);
  const target = layerOf(to);
  if (source === null || target === null) return 'one of them is in no folder of the architecture.';
  if (LAYERS.indexOf(target) < LAYERS.indexOf(source)) return `${source} may not import ${target}.`;
  if (VALUES_OF_THE_USER.test(to) && source !== 'worker' && !VALUES_OF_THE_USER.test(from)) {
    return "only the Worker's entry imports the model; layers are given it.";
  }
  if (WIRED_PARTS.test(to) && !isTypeOnly && WIRED_LAYERS.has(source) && !from.startsWith(WIRING)) {
    return `only ${WIRING} puts shard clients, caches and readers together; others are given them.`;
  }
  if (PLAN_FACTORIES.test(to) && !isTypeOnly && WIRED_LAYERS.has(source)) {
    return `${source} makes no plans: src/plans does, where access rules are part of them.`;
  }
  return (
    roomViolation(from, to, source, target) ??
    sideViolation(from, to, source) ??
    clientViolation(to, source, isTypeOnly)
  );
}

function roomViolation(from: string, to: string, source: Layer, target: Layer): string | null {
  const rooms = ROOMS[source];
  if (rooms === undefined || source !== target) return null;
  const [sourceRoom, targetRoom] = [roomOf(from), roomOf(to)];
  if (rooms.indexOf(targetRoom) >= rooms.indexOf(sourceRoom) && rooms.includes(sourceRoom)) return null;
  return `${source}/${sourceRoom} may not import ${source}/${targetRoom}.`;
}

/** Client, server, catalog and monitor of the shards run in different places and share only the contracts between them. */
function sideViolation(from: string, to: string, source: Layer): string | null {
  if (SQL.test(to) && !IN_DURABLE_OBJECTS.test(from)) return 'SQL runs in Durable Objects alone.';
  const [sourceSide, targetSide] = [sideOf(from), sideOf(to)];
  if (targetSide === null) return null;
  if (source === 'shards' && sourceSide !== targetSide) {
    return `${sourceSide ?? 'a contract'} may not import the ${targetSide} side.`;
  }
  return targetSide !== 'client' && source !== 'worker' && source !== 'shards'
    ? 'what runs in the Durable Object is reached by RPC, never imported.'
    : null;
}

function layerOf(file: string): Layer | null {
  const [root, folder, ...rest] = file.split('/');
  if (root !== 'src' || folder === undefined) return null;
  if (rest.length === 0) return 'worker';
  return LAYERS.find((layer) => layer === folder) ?? null;
}

/** Layers that read through what a request hands them: they know the client's types, and what is in `shards` for both sides. */
const CLIENTLESS: ReadonlySet<Layer> = new Set(['resolvers', 'plans', 'cache']);

const clientViolation = (to: string, source: Layer, isTypeOnly: boolean): string | null =>
  CLIENTLESS.has(source) && !isTypeOnly && sideOf(to) === 'client'
    ? `${source} may import types of the shards' client alone: a request hands it one.`
    : null;

/** The folder of a file within its layer; empty for files of the layer's folder itself. */
const roomOf = (file: string): string => file.split('/').slice(2, -1)[0] ?? '';

const SQL = /^src\/shards\/sql\//;
const IN_DURABLE_OBJECTS = /^src\/shards\/(server|catalog|monitor|sql)\//;

type Side = 'client' | 'server' | 'catalog' | 'monitor';

const sideOf = (file: string): Side | null =>
  (/^src\/shards\/(client|server|catalog|monitor)\//.exec(file)?.[1] as Side | undefined) ?? null;
