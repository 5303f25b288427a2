/**
 * Question: what does `npm start` put in front of the Worker? `/health` answers plain text without touching anything, so
 * whatever it costs more than a Worker that does nothing else, on bare workerd, is the price of how the API is served:
 * the local server, the bound GraphiQL, routing, the request id. The goal is at least 60 % of bare workerd's answers
 * per second.
 *
 * Non-goals: this says nothing about GraphQL or data (see `main.ts`), nor about latency under light load.
 *
 *     node bench/plain-response.ts
 */
import type { Cell } from './cells/cell.ts';
import { httpRequest } from './load/http-request.ts';
import { pinToLoadCore } from './measure/cpu-pinning.ts';
import { type Figures, runRounds } from './measure/run-rounds.ts';
import { startBareWorkerd } from './servers/start-bare-workerd.ts';
import { startServer } from './servers/start-server.ts';

const GOAL = 0.6;
const LOAD = { connections: 16, seconds: 3, rounds: 5, onRound: () => {} };

pinToLoadCore();
const [bare, api] = await Promise.all([startBareWorkerd(), startServer()]);
try {
  const cells: Cell[] = [
    { name: 'bare workerd', title: 'a Worker that answers "ok"', server: bare, requests: [httpRequest('/')] },
    { name: 'npm start', title: 'GET /health', server: api, requests: [httpRequest('/health')] },
  ];
  const [floor, figures] = (await runRounds(cells, LOAD)) as [Figures, Figures];
  for (const each of [floor, figures]) {
    console.log(`${each.name}: ${Math.round(each.requestsPerSecond)} answers/s, ${each.cpuMs.toFixed(3)} ms CPU each`);
  }
  const ratio = figures.requestsPerSecond / floor.requestsPerSecond;
  console.log(`${(100 * ratio).toFixed(0)} % of bare workerd; goal: ${100 * GOAL} %`);
  process.exitCode = ratio >= GOAL ? 0 : 1;
} finally {
  await Promise.all([bare.stop(), api.stop()]);
}
