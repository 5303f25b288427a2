import { StartError } from './start-error.ts';

const DEADLINE_MS = 30_000;
const PAUSE_MS = 100;

/** Waiting does not mend these. */
const FINAL = /^(MIGRATION_FAILED|INTERNAL_SERVER_ERROR|UNAUTHENTICATED): /;

/** Waits until the API says that the shard map is there and every shard answers; else `StartError` with the reason. */
export async function awaitReady(origin: string): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  let reason = 'no answer';
  while (Date.now() < end) {
    try {
      const response = await fetch(`${origin}/ready`);
      if (response.ok) return;
      // A Worker of the user's own may have no such route.
      if (response.status === 404) return;
      reason = describe(await response.text());
      if (FINAL.test(reason)) break;
    } catch (error) {
      reason = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new StartError(`The API does not become ready: ${reason}`);
}

function describe(body: string): string {
  try {
    const { failures, errors } = JSON.parse(body);
    const [first] = failures ?? errors;
    return `${first.code ?? first.extensions.code}: ${first.message}`;
  } catch {
    return body.slice(0, 200);
  }
}
