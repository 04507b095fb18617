import { KeyRound } from 'lucide-react';
import Link from 'next/link';
import { DASH } from '@/components/console/format';
import { TimeAgo } from '@/components/console/time-ago';
import { TimeStamp } from '@/components/console/time-stamp';
import { Badge, type BadgeTone } from '@/components/ui/badge';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { SubmitButton } from '@/components/ui/submit-button';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import type { KeyState } from '@/lib/contract/apps';
import { SCOPES } from '@/lib/domain/actor';
import type { listKeys } from '@/lib/operations/keys/list';
import { endKey } from '../actions';
import { RotateForm } from './rotate-form';

type Key = Awaited<ReturnType<typeof listKeys>>[number];

const LOOK: Record<KeyState, { tone: BadgeTone; word: string }> = {
  active: { tone: 'good', word: 'active' },
  ending: { tone: 'warn', word: 'being replaced' },
  expired: { tone: 'neutral', word: 'expired' },
  revoked: { tone: 'neutral', word: 'revoked' },
};

/** The keys of an app. What is asked of one opens below its row, by an address of its own: it works without a script. */
export function KeyList({
  keys,
  app,
  mayManage,
  asked,
  timeZone,
  now,
}: {
  keys: Key[];
  app: string;
  mayManage: boolean;
  asked: { rotate: string; revoke: string };
  timeZone: string;
  now: number;
}) {
  if (keys.length === 0) {
    return (
      <EmptyState
        picture={<KeyRound aria-hidden="true" className="size-8" strokeWidth={1.25} />}
        title="This app has no key yet"
      >
        A test key sends nothing and takes a code of zeros; a live key really sends.
      </EmptyState>
    );
  }
  return (
    <Table label="Keys">
      <TableHead>
        <tr>
          <TableHeading>Key</TableHeading>
          <TableHeading>State</TableHeading>
          <TableHeading className="hidden md:table-cell">Scopes</TableHeading>
          <TableHeading className="hidden sm:table-cell">Last used</TableHeading>
          <TableHeading className="hidden xl:table-cell">Ends</TableHeading>
          {mayManage ? (
            <TableHeading>
              <span className="sr-only">Actions</span>
            </TableHeading>
          ) : null}
        </tr>
      </TableHead>
      <tbody>
        {keys.map((key) => (
          <KeyRows key={key.id} {...{ apiKey: key, app, mayManage, asked, timeZone, now }} />
        ))}
      </tbody>
    </Table>
  );
}

function KeyRows({
  apiKey: key,
  app,
  mayManage,
  asked,
  timeZone,
  now,
}: Omit<Parameters<typeof KeyList>[0], 'keys'> & { apiKey: Key }) {
  const { tone, word } = LOOK[key.state];
  const isWorking = key.state === 'active' || key.state === 'ending';
  const path = `/apps/${app}`;
  return (
    <>
      <TableRow>
        <TableCell>
          <span className="block">
            <span className={isWorking ? 'font-medium' : 'text-ink-3'}>{key.name}</span>
            <span className="num block whitespace-nowrap text-ink-3 text-xs">
              ww_{key.livemode ? 'live' : 'test'}_…{key.lastFour}
            </span>
          </span>
        </TableCell>
        <TableCell>
          <Badge tone={tone}>{word}</Badge>
        </TableCell>
        <TableCell className="num hidden text-ink-2 text-xs md:table-cell">
          {key.scopes.length === SCOPES.length ? (
            <span className="font-sans text-ink-3">every scope</span>
          ) : (
            <span className="block">
              {key.scopes.map((scope) => (
                <span key={scope} className="block whitespace-nowrap">
                  {scope}
                </span>
              ))}
            </span>
          )}
        </TableCell>
        <TableCell className="hidden text-ink-3 sm:table-cell">
          {key.lastUsedAt ? <TimeAgo at={key.lastUsedAt.toISOString()} now={now} timeZone={timeZone} /> : DASH}
        </TableCell>
        <TableCell className="hidden text-ink-3 text-xs xl:table-cell">
          {key.revokedAt || key.expiresAt ? (
            <TimeStamp at={key.revokedAt ?? key.expiresAt ?? new Date(now)} timeZone={timeZone} />
          ) : (
            DASH
          )}
        </TableCell>
        {mayManage ? (
          <TableCell className="text-right">
            {isWorking ? (
              <span className="-mr-2 inline-flex gap-1">
                {key.state === 'active' ? (
                  <Link
                    href={`${path}?rotate=${key.id}`}
                    scroll={false}
                    className={buttonStyle({ tone: 'quiet', size: 'small' })}
                  >
                    Rotate<span className="sr-only"> {key.name}</span>
                  </Link>
                ) : null}
                <Link
                  href={`${path}?revoke=${key.id}`}
                  scroll={false}
                  className={buttonStyle({ tone: 'quiet', size: 'small' })}
                >
                  Revoke<span className="sr-only"> {key.name}</span>
                </Link>
              </span>
            ) : null}
          </TableCell>
        ) : null}
      </TableRow>
      {mayManage && asked.rotate === key.id ? (
        <TableRow>
          <td colSpan={6} className="bg-sunken p-4">
            <RotateForm app={app} apiKey={key.id} name={key.name} back={path} isActive={key.state === 'active'} />
          </td>
        </TableRow>
      ) : null}
      {mayManage && asked.revoke === key.id && isWorking ? (
        <TableRow>
          <td colSpan={6} className="bg-sunken p-4">
            <form action={endKey} className="flex flex-wrap items-center gap-x-4 gap-y-3">
              <input type="hidden" name="app" value={app} />
              <input type="hidden" name="key" value={key.id} />
              <p className="min-w-0 text-sm">
                Revoke <strong className="font-medium">{key.name}</strong> (…{key.lastFour})? Whatever uses it stops
                within a second. This cannot be undone.
              </p>
              <span className="flex gap-2">
                <SubmitButton tone="danger" autoFocus>
                  Revoke for good
                </SubmitButton>
                <Link href={path} scroll={false} className={buttonStyle({ tone: 'quiet' })}>
                  Keep it
                </Link>
              </span>
            </form>
          </td>
        </TableRow>
      ) : null}
    </>
  );
}
