import { timingSafeEqual } from 'node:crypto';
import { database } from '@/lib/db/client';
import { readiness } from '@/lib/db/readiness';
import { Refusal } from '@/lib/domain/errors';
import { env } from '@/lib/env';
import { withNextDoor } from '@/lib/http/endpoint';
import { BODY_MAX, type Core } from '@/lib/http/message';
import { refuse, requestIdOf, respond } from '@/lib/http/respond';
import { renderMetrics, setGauge } from '@/lib/telemetry/metrics';
import { VERSION } from '@/lib/version';

/** Due work older than this means that no worker is at it. */
const OVERDUE_SECONDS_MAX = 15;
const CLOCK_SKEW_SECONDS_MAX = 5;

const alive: Core = async (request) =>
  respond(200, { status: 'ok', version: VERSION }, requestIdOf(request.header('x-request-id')));

/** 200 when this process can serve: database reached, timers on time, clocks together. 503 names what is wrong. */
const isReady: Core = async (request) => {
  const requestId = requestIdOf(request.header('x-request-id'));
  try {
    const began = Date.now();
    const state = await readiness(database());
    const skewSeconds = Math.abs(state.now.getTime() - (began + Date.now()) / 2) / 1000;
    const problems = [
      ...(state.overdueSeconds > OVERDUE_SECONDS_MAX ? ['timers_overdue'] : []),
      ...(skewSeconds > CLOCK_SKEW_SECONDS_MAX ? ['clock_skew'] : []),
      ...(state.unappliedSeconds > OVERDUE_SECONDS_MAX ? ['callbacks_unapplied'] : []),
    ];
    return respond(
      problems.length === 0 ? 200 : 503,
      { status: problems.length === 0 ? 'ready' : 'degraded', problems },
      requestId,
    );
  } catch (error: unknown) {
    return refuse(error, requestId);
  }
};

/** Prometheus, for the holder of the token only; without a token configured there is no such page. */
const scrape: Core = async (request) => {
  const requestId = requestIdOf(request.header('x-request-id'));
  try {
    const token = env().WATCHWORD_METRICS_TOKEN;
    if (!token) throw new Refusal('not_found', { detail: 'Metrics are off.' });
    const given = (request.header('authorization') ?? '').replace(/^bearer +/i, 'Bearer ');
    if (!sameText(given, `Bearer ${token}`)) throw new Refusal('unauthenticated');
    const state = await readiness(database());
    setGauge('watchword_overdue_seconds', 'Age of the oldest due timer', state.overdueSeconds);
    setGauge('watchword_unapplied_seconds', 'Age of the oldest callback not yet applied', state.unappliedSeconds);
    setGauge('watchword_given_up_callbacks', 'Callbacks that could not be applied however often', state.givenUp);
    setGauge('watchword_open_alerts', 'Alerts that are open', state.openAlerts);
    setGauge('watchword_critical_alerts', 'Open alerts that are critical', state.criticalAlerts);
    setGauge('watchword_receipt_storm', '1 while a storm of silent receipts is open', state.isStorm ? 1 : 0);
    const { contentType, body } = await renderMetrics();
    return { status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-store' }, body };
  } catch (error: unknown) {
    return refuse(error, requestId);
  }
};

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

export const health = withNextDoor(alive, BODY_MAX.api);
export const ready = withNextDoor(isReady, BODY_MAX.api);
export const metrics = withNextDoor(scrape, BODY_MAX.api);
