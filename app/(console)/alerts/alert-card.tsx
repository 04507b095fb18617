import { BellOff, ChartLine, CircleAlert, CircleCheck, ListChecks, Shuffle, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { Suspense } from 'react';
import { valueWords } from '@/components/charts/dimensions';
import { CountryName } from '@/components/console/country';
import { count } from '@/components/console/format';
import { Stat } from '@/components/console/stat';
import { TimeAgo } from '@/components/console/time-ago';
import { TimeStamp } from '@/components/console/time-stamp';
import { ALERT_WORDS, wordFor } from '@/components/console/words';
import { Badge } from '@/components/ui/badge';
import { buttonStyle } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import { SubmitButton } from '@/components/ui/submit-button';
import type { UserActor } from '@/lib/auth/session';
import { failuresOf } from '@/lib/operations/alerts/failures';
import type { AlertView } from '@/lib/operations/alerts/list';
import { ask } from '../analytics/ask';
import { snooze } from './actions';
import { beforeTitle, FIGURE_WORDS, figureText, restsOn } from './figures';
import { canMoveOver, ROOMS } from './help';
import { type Clock, inFailures, inRoom, inVerifications } from './links';
import { LookLine } from './look-line';
import { OverrideForm } from './override-form';

type Viewing = { user: UserActor; timeZone: string; now: number; mayManage: boolean; back: string };

/** One alert that is open: what, how bad, where, the five that show it, and what can be done. */
export function AlertCard({
  alert,
  headingLink = true,
  ...viewing
}: { alert: AlertView; headingLink?: boolean } & Viewing) {
  const isOpen = alert.resolvedAt === null;
  const heading = <span className="text-pretty">{alert.cause}</span>;
  return (
    <article
      aria-label={alert.cause}
      className="overflow-clip rounded-panel border border-line bg-surface"
      data-alert={alert.publicId}
    >
      <header className="flex flex-wrap items-start gap-x-3 gap-y-2 border-line border-b px-4 py-3">
        <SeverityMark alert={alert} />
        <div className="min-w-0 flex-1">
          <h2 className="font-medium text-base">
            {headingLink ? (
              <Link href={`/alerts/${alert.publicId}`} data-row="" prefetch={false} className="hover:underline">
                {heading}
              </Link>
            ) : (
              heading
            )}
          </h2>
          <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-3 text-xs">
            <Badge tone="outline">{wordFor(ALERT_WORDS, alert.kind)}</Badge>
            <span>
              opened <TimeAgo at={alert.openedAt.toISOString()} now={viewing.now} timeZone={viewing.timeZone} />
            </span>
            {alert.openings > 1 ? <span>· opened {alert.openings} times within a day</span> : null}
            {alert.appName ? <span>· {alert.appName} only</span> : null}
            {alert.resolvedAt ? (
              <span>
                · resolved <TimeStamp at={alert.resolvedAt} timeZone={viewing.timeZone} />
                {alert.resolvedWhy === 'part_of_larger' ? ', as part of a larger one' : ''}
              </span>
            ) : null}
            {isOpen && alert.isSnoozed ? (
              <Badge>
                <BellOff aria-hidden="true" />
                {alert.isSnoozedUntilResolved || !alert.snoozedUntil ? (
                  'snoozed until resolved'
                ) : (
                  <>
                    snoozed until <TimeStamp at={alert.snoozedUntil} timeZone={viewing.timeZone} />
                  </>
                )}
              </Badge>
            ) : null}
          </p>
        </div>
      </header>
      <div className="grid gap-x-8 gap-y-4 px-4 py-4 md:grid-cols-[auto_minmax(0,1fr)_minmax(0,14rem)]">
        <Numbers alert={alert} />
        <Affected alert={alert} />
        <Samples alert={alert} />
      </div>
      {alert.kind === 'delivery_drop' ? (
        <div className="min-h-9 px-4 pb-4 text-sm">
          <Suspense fallback={<span className="text-ink-3">Looking at why…</span>}>
            <Failures alert={alert} {...viewing} />
          </Suspense>
        </div>
      ) : null}
      <footer className="flex flex-wrap items-start gap-2 border-line border-t bg-sunken px-4 py-3">
        <Link href={inVerifications(alert, viewing)} className={buttonStyle({ size: 'small' })}>
          <ListChecks aria-hidden="true" className="size-3.5" />
          In Verifications
        </Link>
        <Figures alert={alert} {...viewing} />
        {isOpen && viewing.mayManage ? <Snooze alert={alert} back={viewing.back} /> : null}
        {isOpen && viewing.mayManage && canMoveOver(alert) ? (
          <details className="open:w-full">
            <summary
              className={classNames(buttonStyle({ size: 'small' }), 'list-none [&::-webkit-details-marker]:hidden')}
            >
              <Shuffle aria-hidden="true" className="size-3.5" />
              Fallback first for 2 h…
            </summary>
            <div className="pt-3">
              <OverrideForm
                countries={alert.scope.countries}
                connection={alert.scope.countries.length === 0 ? alert.scope.connectionId : null}
                alert={alert.publicId}
                reason={alert.cause.slice(0, 200)}
              />
            </div>
          </details>
        ) : null}
      </footer>
    </article>
  );
}

function SeverityMark({ alert }: { alert: AlertView }) {
  if (alert.resolvedAt) return <CircleCheck aria-label="resolved" className="mt-0.5 size-5 shrink-0 text-good" />;
  return alert.severity === 'critical' ? (
    <CircleAlert aria-label="critical" className="mt-0.5 size-5 shrink-0 text-bad" />
  ) : (
    <TriangleAlert aria-label="warning" className="mt-0.5 size-5 shrink-0 text-warn" />
  );
}

function Numbers({ alert }: { alert: AlertView }) {
  const { unit, now, before, baseline, windowMinutes } = alert.evidence;
  if (alert.kind === 'template_not_sendable') {
    return <p className="max-w-[28ch] text-ink-3 text-sm">Its provider does not send it; routing passes it over.</p>;
  }
  return (
    <div className="flex flex-col gap-3">
      <dl className="flex gap-6">
        <Stat
          label={`${wordFor(FIGURE_WORDS, alert.kind)}, last ${windowMinutes} min`}
          note={alert.kind === 'our_fault' ? null : restsOn(now)}
        >
          <span className={alert.resolvedAt ? '' : 'text-bad'}>{figureText(now, unit)}</span>
        </Stat>
        {unit === 'messages' ? null : (
          <Stat label={beforeTitle(alert.kind, baseline)} note={restsOn(before)}>
            {figureText(before, unit)}
          </Stat>
        )}
      </dl>
      {unit === 'messages' ? null : (
        <LookLine
          values={alert.series.map(([, value]) => value)}
          usual={before?.value ?? null}
          label={`${alert.series.length} looks since it opened, worst ${figureText({ ...now, value: alert.peak }, unit)}; dashed: before`}
          tone={alert.resolvedAt ? 'quiet' : 'bad'}
        />
      )}
    </div>
  );
}

/** Why, as far as anybody said. */
async function Failures({ alert, user, ...clock }: { alert: AlertView; user: UserActor } & Clock) {
  const asking = await ask(failuresOf(user, alert, clock.now));
  if ('fault' in asking) return <p className="text-ink-3">{asking.fault}</p>;
  if (asking.answer.length === 0) {
    return <p className="text-ink-3">No failure was reported: what did not arrive was accepted, or nobody answered.</p>;
  }
  const told = asking.answer.map(
    ({ reason, messages }) => `${valueWords('reason', reason).toLowerCase()} ${count(messages)}`,
  );
  return (
    <p>
      Failed as: {told.join(', ')}.{' '}
      <Link href={inFailures(alert, clock)} prefetch={false} className="text-accent hover:underline">
        Failures in Delivery
      </Link>
    </p>
  );
}

const COUNTRIES_SHOWN = 6;

function Affected({ alert }: { alert: AlertView }) {
  const { affected, unit } = alert.evidence;
  return (
    <section aria-label="Affected" className="min-w-0">
      <h3 className="text-ink-3 text-xs">Affected</h3>
      {alert.connectionName ? (
        <p className="mt-1 text-sm">
          <Link href={`/config/connections/${alert.connectionPublicId}`} className="font-medium hover:underline">
            {alert.connectionName}
          </Link>
        </p>
      ) : null}
      {affected.length === 0 ? (
        alert.connectionName ? null : (
          <p className="mt-1 text-sm">Everything this rule looks at.</p>
        )
      ) : (
        <ul className="mt-1 grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-x-6 gap-y-0.5 text-sm">
          {affected.slice(0, COUNTRIES_SHOWN).map(({ country, now, before }) => (
            <li key={country} className="flex min-w-0 items-center gap-2">
              <Link href={`/config/countries/${country}`} className="min-w-0 truncate hover:underline">
                <CountryName country={country} />
              </Link>
              <span className="num ml-auto whitespace-nowrap text-ink-3 text-xs">
                {before ? (
                  <>
                    {figureText(before, unit)} → <span className="text-ink">{figureText(now, unit)}</span>
                  </>
                ) : (
                  `n ${now.n}`
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {affected.length > COUNTRIES_SHOWN ? (
        <p className="mt-1 text-ink-3 text-xs">and {affected.length - COUNTRIES_SHOWN} more</p>
      ) : null}
    </section>
  );
}

function Samples({ alert }: { alert: AlertView }) {
  return (
    <section aria-label="Samples" className="min-w-0">
      <h3 className="text-ink-3 text-xs">Verifications that show it</h3>
      {alert.samples.length === 0 ? (
        <p className="mt-1 text-ink-3 text-sm">None was found.</p>
      ) : (
        <ul className="mt-1 flex flex-col gap-0.5">
          {alert.samples.map((id) => (
            <li key={id}>
              <Link
                href={`/verifications/${id}`}
                prefetch={false}
                className="num inline-flex min-h-6 max-w-full items-center truncate text-accent text-xs hover:underline"
              >
                {id.slice(0, 12)}…{id.slice(-6)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const SNOOZES = [
  ['1h', 'Snooze 1 h'],
  ['8h', '8 h'],
  ['until_resolved', 'Until resolved'],
] as const;

/** Each a button of one form: works without a script. */
function Snooze({ alert, back }: { alert: AlertView; back: string }) {
  return (
    <form action={snooze} className="flex flex-wrap gap-2">
      <input type="hidden" name="alert" value={alert.publicId} />
      <input type="hidden" name="back" value={back} />
      {alert.isSnoozed ? (
        <SubmitButton tone="secondary" size="small" name="length" value="off">
          Wake it
        </SubmitButton>
      ) : (
        SNOOZES.map(([length, words]) => (
          <SubmitButton key={length} tone="secondary" size="small" name="length" value={length}>
            {words}
          </SubmitButton>
        ))
      )}
    </form>
  );
}

function Figures({ alert, ...clock }: { alert: AlertView } & Clock) {
  const room = ROOMS[alert.kind];
  if (!room) return null;
  return (
    <Link
      href={room.path.startsWith('/analytics') ? inRoom(room.path, alert, clock, room.metric) : room.path}
      prefetch={false}
      className={buttonStyle({ size: 'small' })}
    >
      <ChartLine aria-hidden="true" className="size-3.5" />
      {room.words}
    </Link>
  );
}
