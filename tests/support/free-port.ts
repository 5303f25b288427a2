import { createServer } from 'node:net';

/** Below the ports that the kernel gives to outgoing connections, one of which might take a port before its server does. */
const FIRST_PORT = 15_000;
const LAST_PORT = 31_999;

/** Each process of tests begins somewhere else, so two of them hardly pick one port. */
let nextPort = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));

/** A port of this machine that was free a moment ago, and that this process has not been given before. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    const port = nextPort;
    nextPort = port === LAST_PORT ? FIRST_PORT : port + 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`Expected a free port from ${FIRST_PORT} to ${LAST_PORT}, but got 1,000 that are taken.`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer().on('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
