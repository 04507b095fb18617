/** A request as both doors see it: Node's own server and Next. Header names are lower case. */
export type HttpRequest = {
  method: string;
  /** Path and query as the client wrote them. */
  target: string;
  query: URLSearchParams;
  params: Readonly<Record<string, string>>;
  header(name: string): string | null;
  body: Uint8Array;
};

export type HttpResponse = { status: number; headers: Record<string, string>; body: string };

/** The core behind a route: what both doors call. */
export type Core = (request: HttpRequest) => Promise<HttpResponse>;

/** Bytes that a route takes. */
export const BODY_MAX = { api: 64 * 1024, callback: 3 * 1024 * 1024 } as const;
