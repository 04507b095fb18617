import { Refusal } from '@/lib/domain/errors';

/** Reads a body of at most `max` bytes and gives up at the first byte more. */
export async function readCapped(request: Request, max: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > max) throw new Refusal('body_too_large', { detail: `At most ${max} bytes.` });
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    size += value.byteLength;
    if (size > max) {
      await reader.cancel();
      throw new Refusal('body_too_large', { detail: `At most ${max} bytes.` });
    }
    chunks.push(value);
  }
}
