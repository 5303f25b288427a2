/** What is shown stands behind `#` in the address, which no server sees: keys of rows may be in it. */
import { signal } from '@preact/signals';

export type Route = readonly [view: string, ...parameters: string[]];

const read = (): Route => {
  const segments = location.hash.replace(/^#\/?/, '').split('/').map(decode);
  return segments as unknown as Route;
};

export const route = signal<Route>(read());

addEventListener('hashchange', () => {
  route.value = read();
});

export const linkTo = (...segments: readonly string[]): string => `#/${segments.map(encodeURIComponent).join('/')}`;

/** An address may be anything. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
