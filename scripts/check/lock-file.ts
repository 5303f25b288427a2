/** As much of package-lock.json (version 3) as is looked at. */
export interface PackageLock {
  readonly packages: Readonly<
    Record<string, { readonly resolved?: string; readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

/** Two copies of workerd waste a download and may differ; two of graphql make values of one unknown to the other. */
const SINGLE_COPIES = ['workerd', 'graphql'];

/** One sentence per way in which the lock would not install everywhere as it does here. */
export const lockProblems = (lock: PackageLock): string[] => [
  ...SINGLE_COPIES.flatMap((name) => duplicates(lock, name)),
  ...missingPlatformPackages(lock),
  ...resolvedAddresses(lock),
];

function duplicates({ packages }: PackageLock, name: string): string[] {
  const places = Object.keys(packages).filter((place) => packageName(place) === name);
  return places.length === 1 ? [] : [`Expected one ${name} in package-lock.json, but got ${places.length}: ${places}`];
}

/**
 * Binaries come as one optional package per platform. An install that could not find one writes a lock without it, and
 * `npm ci` then fails on that platform, under npm 11 on all.
 */
const missingPlatformPackages = ({ packages }: PackageLock): string[] =>
  Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isResolvable(packages, place, name))
      .map((name) => `Expected package-lock.json to hold ${name}, which ${place} has for a platform, but it does not.`),
  );

/** As Node looks packages up: in the package's own folder, then in those around it. */
function isResolvable(packages: PackageLock['packages'], place: string, name: string): boolean {
  const folders = (place === '' ? '' : `${place}/`).split('node_modules/');
  return folders.some(
    (_, depth) => `${folders.slice(0, depth + 1).join('node_modules/')}node_modules/${name}` in packages,
  );
}

const resolvedAddresses = ({ packages }: PackageLock): string[] =>
  Object.entries(packages)
    .filter(([, { resolved }]) => resolved?.startsWith('http'))
    .map(([place, { resolved }]) => `Expected no address in package-lock.json, but ${place} names ${resolved}.`);

const packageName = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
