/**
 * Whether a browser says that a page of another site made it ask (Fetch Metadata, https://www.w3.org/TR/fetch-metadata/). A link there must not make
 * somebody's browser fetch and note an export. What is no browser says nothing.
 */
export function isFromAnotherSite(request: Request): boolean {
  const from = request.headers.get('sec-fetch-site');
  return from !== null && from !== 'same-origin' && from !== 'none';
}
