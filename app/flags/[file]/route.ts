import * as flags from 'country-flag-icons/string/3x2';

const UNKNOWN =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 2"><path fill="#b9b4ad" d="M0 0h3v2H0z"/></svg>';

/** A country's flag as a small cacheable picture, so that a list of fifty rows carries each flag once. */
export async function GET(_request: Request, context: { params: Promise<{ file: string }> }): Promise<Response> {
  const { file } = await context.params;
  const code = /^([A-Z]{2})\.svg$/.exec(file)?.[1];
  const known: Record<string, string> = flags;
  return new Response((code && known[code]) || UNKNOWN, {
    headers: {
      'content-type': 'image/svg+xml',
      'cache-control': 'public, max-age=604800, immutable',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    },
  });
}
