/** Any host will do that no address can name on purpose: what resolves away from it would leave the console. */
const OWN = 'http://own.invalid';

/**
 * Where to go after a sign-in: `next` as a browser would resolve it, when that is a path of this console; '/overview' otherwise. It is
 * resolved before it is judged, because dot segments collapse: `/.//host` becomes `//host`, which is another host.
 */
export function ownPath(next: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(next) || !URL.canParse(next, OWN)) return '/overview';
  const { origin, pathname, search, hash } = new URL(next, OWN);
  return origin === OWN && !/^\/[/\\]/.test(pathname) ? `${pathname}${search}${hash}` : '/overview';
}
