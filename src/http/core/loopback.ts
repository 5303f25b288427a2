const HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a host name of an URL is this machine's. */
export const isLoopback = (hostname: string): boolean => HOSTS.has(hostname);

/** Whether a page of this origin is served by this machine. */
export const isLoopbackOrigin = (origin: string): boolean =>
  URL.canParse(origin) && isLoopback(new URL(origin).hostname);
