import { ArrowRight, ChevronRight, ScrollText } from 'lucide-react';
import Link from 'next/link';
import { TimeStamp } from '@/components/console/time-stamp';
import { EmptyState } from '@/components/ui/empty-state';
import { Pagination } from '@/components/ui/pagination';
import { Panel } from '@/components/ui/panel';
import type { UserActor } from '@/lib/auth/session';
import { AUDIT_PAGE } from '@/lib/contract/audit';
import { detailText, readDetail } from '@/lib/domain/audit/changes';
import { type AuditPage, listAudit } from '@/lib/operations/audit/list';
import { queryOf } from './query';
import { hrefWith, type View } from './search-params';
import { summaryWords } from './summary-words';

type Entry = AuditPage['data'][number];
/** A publication may change thousands of fields; its own page shows them all. */
const CHANGES_MAX = 100;
const COLUMNS = 'sm:grid-cols-[1rem_10.5rem_minmax(0,1.4fr)_minmax(0,1fr)_minmax(0,1.2fr)]';

/** One page of the log. Each entry opens to what it changed. */
export async function EntryList({
  user,
  view,
  timeZone,
  now,
}: {
  user: UserActor;
  view: View;
  timeZone: string;
  now: Date;
}) {
  const { data, next } = await listAudit(user, queryOf(view, now, timeZone, AUDIT_PAGE.default));
  return (
    <Panel>
      {data.length === 0 ? (
        <EmptyState
          picture={<ScrollText aria-hidden="true" className="size-8" strokeWidth={1.25} />}
          title="Nothing was noted that matches"
        >
          Widen the time range, or take a filter away.
        </EmptyState>
      ) : (
        <>
          <p
            aria-hidden="true"
            className={`hidden h-8 items-center gap-x-3 border-line border-b px-4 text-ink-3 text-xs sm:grid ${COLUMNS}`}
          >
            <span className="col-start-2">When</span>
            <span>What</span>
            <span>Who</span>
            <span>About</span>
          </p>
          <ul className="divide-y divide-line">
            {data.map((entry) => (
              <EntryItem key={entry.id} entry={entry} view={view} timeZone={timeZone} />
            ))}
          </ul>
          <Pagination
            first={view.after ? hrefWith(view, {}) : null}
            next={next ? hrefWith(view, { after: next }) : null}
          >
            {next || view.after ? `${data.length} on this page` : `${data.length} in all`}
          </Pagination>
        </>
      )}
    </Panel>
  );
}

function EntryItem({ entry, view, timeZone }: { entry: Entry; view: View; timeZone: string }) {
  const { changes, rest } = readDetail(entry.detail);
  const who = whoOf(entry);
  const summary = summaryWords(entry.detail, timeZone);
  return (
    <li>
      <details className="group">
        <summary
          className={`grid min-h-10 list-none grid-cols-[1rem_minmax(0,1fr)] items-center gap-x-3 gap-y-0.5 px-4 py-1.5 text-sm -outline-offset-2 hover:bg-hover [&::-webkit-details-marker]:hidden ${COLUMNS}`}
        >
          <ChevronRight
            aria-hidden="true"
            className="size-3.5 text-ink-3 transition-transform duration-100 group-open:rotate-90"
          />
          <span className="col-start-2 text-ink-3 text-xs">
            <TimeStamp at={entry.at} timeZone={timeZone} />
          </span>
          <span
            title={entry.action}
            className="num col-start-2 min-w-0 truncate font-medium sm:col-start-3 sm:row-start-1"
          >
            {entry.action}
          </span>
          <span title={who} className="col-start-2 min-w-0 truncate text-ink-2 sm:col-start-4 sm:row-start-1">
            {who}
          </span>
          <span
            title={summary}
            className="col-start-2 min-w-0 truncate text-ink-3 text-xs sm:col-start-5 sm:row-start-1"
          >
            {summary}
          </span>
        </summary>
        <div className="border-line border-t bg-sunken px-4 py-3 sm:pl-11">
          <dl className="grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-1 text-sm sm:grid-cols-[11rem_minmax(0,1fr)]">
            {changes.slice(0, CHANGES_MAX).map(({ path, before, after }) => (
              <div key={path} className="contents">
                <dt className="num break-words text-ink-3 text-xs leading-5">{path}</dt>
                <dd className="mb-1.5 flex min-w-0 flex-wrap items-baseline gap-x-2 sm:mb-0">
                  <del className="num min-w-0 break-words text-ink-3 decoration-ink-3/50">{detailText(before)}</del>
                  <ArrowRight aria-label="becomes" className="size-3.5 shrink-0 self-center text-ink-3" />
                  <ins className="num min-w-0 break-words font-medium no-underline">{detailText(after)}</ins>
                </dd>
              </div>
            ))}
            {changes.length > CHANGES_MAX ? (
              <p className="text-ink-3 text-xs">and {changes.length - CHANGES_MAX} more</p>
            ) : null}
            {rest.map(([name, value]) => (
              <Line key={name} name={name}>
                {detailText(value)}
              </Line>
            ))}
            <Line name="by">
              <Link href={hrefWith(view, { actor: who })} className="underline">
                {who}
              </Link>
              {typeof entry.actor.role === 'string' ? <span className="text-ink-3"> ({entry.actor.role})</span> : null}
            </Line>
            {entry.targetId ? (
              <Line name="target">
                <Link href={hrefWith(view, { target: entry.targetId })} className="underline">
                  {entry.targetId}
                </Link>
              </Line>
            ) : null}
          </dl>
        </div>
      </details>
    </li>
  );
}

function Line({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="contents">
      <dt className="num text-ink-3 text-xs leading-5">{name}</dt>
      <dd className="num mb-1.5 min-w-0 break-words sm:mb-0">{children}</dd>
    </div>
  );
}

/** The same one word that the filter looks for. */
function whoOf({ actor }: Entry): string {
  return String(actor.email ?? actor.keyId ?? actor.what ?? '–');
}
