/**
 * The network address a request came from, as our own edge saw it (lib/http/edge.ts drops what a client sends under
 * this name). Without the edge, under Next's development server alone, every request counts as one address.
 */
export function clientAddress(headers: { get(name: string): string | null }): string {
  return headers.get('x-watchword-client-ip') ?? 'unknown';
}
