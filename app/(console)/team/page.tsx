import { Check, KeyRound, Mail, Minus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Page } from '@/components/console/shell/shell';
import { TimeAgo } from '@/components/console/time-ago';
import { TimeStamp } from '@/components/console/time-stamp';
import { Badge } from '@/components/ui/badge';
import { buttonStyle } from '@/components/ui/button';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { SubmitButton } from '@/components/ui/submit-button';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { requireUser, type UserActor } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { ROLES, type Role } from '@/lib/domain/actor';
import { listPeople } from '@/lib/operations/users/list';
import { withdraw } from './actions';
import { InviteForm } from './invite-form';
import { PersonForm } from './person-form';
import { ROLE_WORDS } from './role-words';

export const metadata: Metadata = { title: 'Team' };

type Team = Awaited<ReturnType<typeof listPeople>>;

export default async function TeamPage(props: { searchParams: Promise<{ person?: string | string[] }> }) {
  const user = await requireUser('users:read');
  const { person } = await props.searchParams;
  const [{ people, invites }, timeZone] = await Promise.all([listPeople(user), viewerTimeZone()]);
  const roles = ROLES.filter((role) => role !== 'owner' || user.role === 'owner');
  const now = Date.now();
  const invited = invites.filter(({ resetsUserId }) => resetsUserId === null);
  const resets = invites.filter(({ resetsUserId }) => resetsUserId !== null);

  return (
    <Page
      title="Team"
      lead="Who may sign in, and what they may do. A change counts from the person's next request on."
      timeZone={timeZone}
    >
      <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-6">
          <Panel>
            <PanelHeading
              title="People"
              hint={`${people.filter(({ isDisabled }) => !isDisabled).length} may sign in`}
            />
            <Table label="People">
              <TableHead>
                <tr>
                  <TableHeading>Person</TableHeading>
                  <TableHeading>Role</TableHeading>
                  <TableHeading className="hidden sm:table-cell">Second factor</TableHeading>
                  <TableHeading className="hidden md:table-cell">Last sign-in</TableHeading>
                  <TableHeading>
                    <span className="sr-only">Change</span>
                  </TableHeading>
                </tr>
              </TableHead>
              <tbody>
                {people.map((each) => (
                  <Person key={each.id} {...{ person: each, user, roles, timeZone, now, isOpen: person === each.id }} />
                ))}
              </tbody>
            </Table>
          </Panel>
          {invited.length > 0 ? (
            <Links title="Invited" hint="not accepted yet" what="invitation" links={invited} timeZone={timeZone} />
          ) : null}
          {resets.length > 0 ? (
            <Links
              title="Password resets"
              hint="links for a new password, not used yet"
              what="password reset"
              links={resets}
              timeZone={timeZone}
            />
          ) : null}
        </div>
        <Panel>
          <PanelHeading title="Invite somebody" />
          <InviteForm roles={roles} />
        </Panel>
      </div>
    </Page>
  );
}

function Person({
  person,
  user,
  roles,
  timeZone,
  now,
  isOpen,
}: {
  person: Team['people'][number];
  user: UserActor;
  roles: Role[];
  timeZone: string;
  now: number;
  isOpen: boolean;
}) {
  const mayChange = person.role !== 'owner' || user.role === 'owner';
  const isSelf = person.id === user.userId;
  return (
    <>
      <TableRow>
        <TableCell className="sm:w-full sm:max-w-0">
          <span className="block">
            <span className={person.isDisabled ? 'text-ink-3 line-through' : 'font-medium'}>{person.name}</span>
            {isSelf ? <span className="text-ink-3"> (you)</span> : null}
            <span title={person.email} className="block text-ink-3 text-xs max-sm:break-all sm:truncate">
              {person.email}
            </span>
          </span>
        </TableCell>
        <TableCell>
          {person.isDisabled ? (
            <Badge>disabled</Badge>
          ) : (
            <Badge tone={person.role === 'owner' ? 'accent' : 'outline'}>{person.role}</Badge>
          )}
        </TableCell>
        <TableCell className="hidden sm:table-cell">
          {person.hasSecondFactor ? (
            <Badge tone="good">
              <Check aria-hidden="true" /> on
            </Badge>
          ) : (
            <span className="inline-flex items-center gap-1 align-middle text-ink-3 text-xs">
              <Minus aria-hidden="true" className="size-3" /> off
            </span>
          )}
        </TableCell>
        <TableCell className="hidden whitespace-nowrap text-ink-3 md:table-cell">
          {person.lastSignInAt ? (
            <TimeAgo at={person.lastSignInAt.toISOString()} now={now} timeZone={timeZone} />
          ) : (
            'never'
          )}
        </TableCell>
        <TableCell className="text-right">
          {mayChange ? (
            <Link
              href={isOpen ? '/team' : `/team?person=${person.id}`}
              scroll={false}
              aria-expanded={isOpen}
              className={buttonStyle({ tone: 'quiet', size: 'small', className: '-mr-2' })}
            >
              {isOpen ? 'Close' : 'Change'}
              <span className="sr-only"> {person.name}</span>
            </Link>
          ) : null}
        </TableCell>
      </TableRow>
      {isOpen && mayChange ? (
        <TableRow>
          <td colSpan={5} className="bg-sunken p-4">
            <PersonForm
              person={{
                id: person.id,
                name: person.name,
                role: person.role,
                isDisabled: person.isDisabled,
                hasSecondFactor: person.hasSecondFactor,
              }}
              isSelf={isSelf}
              roles={roles}
            />
          </td>
        </TableRow>
      ) : null}
    </>
  );
}

function Links({
  title,
  hint,
  what,
  links,
  timeZone,
}: {
  title: string;
  hint: string;
  what: 'invitation' | 'password reset';
  links: Team['invites'];
  timeZone: string;
}) {
  const Picture = what === 'invitation' ? Mail : KeyRound;
  return (
    <Panel>
      <PanelHeading title={title} hint={hint} />
      <ul className="divide-y divide-line">
        {links.map((link) => (
          <li key={link.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
            <Picture aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
            <span className="min-w-0">
              <span title={link.email} className="block font-medium max-sm:break-all sm:truncate">
                {link.email}
              </span>
              <span className="block text-ink-3 text-xs">
                {ROLE_WORDS[link.role].title}
                {link.by ? `, by ${link.by}` : ''} ·{' '}
                {link.isOver ? (
                  'is over'
                ) : (
                  <>
                    good until <TimeStamp at={link.expiresAt} timeZone={timeZone} />
                  </>
                )}
              </span>
            </span>
            <form action={withdraw} className="ml-auto">
              <input type="hidden" name="invite" value={link.id} />
              <SubmitButton tone="quiet" size="small">
                {link.isOver ? 'Remove' : 'Withdraw'}
                <span className="sr-only">
                  {' '}
                  the {what} of {link.email}
                </span>
              </SubmitButton>
            </form>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
