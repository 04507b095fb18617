import { type NextRequest, NextResponse } from 'next/server';

const OPEN = /^\/(sign-in|setup|invite|gallery|docs|verify)(\/|$)/;

/**
 * Sends a browser without a session cookie to the sign-in page before any page is rendered, and gives every page its
 * script nonce. A convenience: whether the cookie means anything is decided by requireUser() in the page itself.
 */
export function proxy(request: NextRequest): NextResponse {
  if (isForeign(request)) return new NextResponse('This form was sent from another site.\n', { status: 403 });

  const { pathname, search } = request.nextUrl;
  const hasCookie = request.cookies.has('watchword-session') || request.cookies.has('__Host-watchword-session');
  if (!hasCookie && !OPEN.test(pathname)) {
    const signIn = new URL('/sign-in', request.url);
    if (pathname !== '/') signIn.searchParams.set('next', `${pathname}${search}`);
    return NextResponse.redirect(signIn, 303);
  }

  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  // A page cannot see its own address: a session that ends there comes back there.
  headers.set('x-watchword-path', `${pathname}${search}`);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

/** A form that another site sends in a visitor's name. Next would refuse it too, but as if it were our own fault (500). */
function isForeign(request: NextRequest): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false;
  const origin = request.headers.get('origin');
  if (origin === null) return request.headers.get('sec-fetch-site') === 'cross-site';
  const host = request.headers.get('x-forwarded-host') ?? request.headers.get('host');
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

/** Styles may be inline because menus are placed by style attributes; scripts never without the nonce. */
function contentSecurityPolicy(nonce: string): string {
  const isDevelopment = process.env.NODE_ENV === 'development';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export const config = {
  matcher: ['/((?!api/|api$|_next/static|_next/image|flags/|world.svg|icon|favicon|robots.txt|.well-known).*)'],
};
