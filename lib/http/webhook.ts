import { Refusal } from '@/lib/domain/errors';
import { env } from '@/lib/env';
import { withNextDoor } from '@/lib/http/endpoint';
import { BODY_MAX, type Core } from '@/lib/http/message';
import { refuse, requestIdOf, respond } from '@/lib/http/respond';
import { answerChallenge, receiveCallback } from '@/lib/operations/receipts/receive';
import { countRequest } from '@/lib/telemetry/metrics';

/** Raw bytes in, status out: providers call us back. 2xx only after the callback is durable. */
const receive: Core = async (request) => {
  const requestId = requestIdOf(request.header('x-request-id'));
  const began = performance.now();
  const response = await (async () => {
    try {
      const reception = await receiveCallback({
        provider: request.params.provider ?? '',
        connection: request.params.connection ?? '',
        // Signatures cover the address that the provider was given, never what a proxy made of it.
        url: env().WATCHWORD_PUBLIC_URL + request.target,
        header: request.header,
        raw: request.body,
        receivedAt: new Date(),
      });
      if (reception === 'unknown_connection') throw new Refusal('not_found', { detail: 'No such webhook.' });
      if (reception === 'not_authentic') throw new Refusal('not_authentic');
      if (reception === 'malformed') throw new Refusal('malformed_callback');
      return respond(200, { received: true }, requestId);
    } catch (error: unknown) {
      return refuse(error, requestId);
    }
  })();
  countRequest('webhooks.receive', response.status, (performance.now() - began) / 1000);
  return response;
};

/** The handshake by which a provider makes sure that the address is ours. */
const handshake: Core = async (request) => {
  const requestId = requestIdOf(request.header('x-request-id'));
  try {
    const answer = await answerChallenge(request.params.provider ?? '', request.params.connection ?? '', request.query);
    if (answer === null) throw new Refusal('forbidden', { detail: 'The verify token does not match.' });
    return {
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
      body: answer,
    };
  } catch (error: unknown) {
    return refuse(error, requestId);
  }
};

export const webhook = withNextDoor(receive, BODY_MAX.callback);
export const challenge = withNextDoor(handshake, BODY_MAX.api);
