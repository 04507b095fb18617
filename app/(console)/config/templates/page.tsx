import { MessageSquareText, Plus } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { cache, Suspense } from 'react';
import { count, DASH } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { TimeStamp } from '@/components/console/time-stamp';
import { CHANNEL_WORDS } from '@/components/console/words';
import { Badge } from '@/components/ui/badge';
import { buttonStyle } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { TableSkeleton } from '@/components/ui/skeleton';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { requireUser, type UserActor } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { type TextEntity, withDraft } from '@/lib/domain/configuration/entities';
import { mayDo } from '@/lib/domain/permissions';
import { gapsOf } from '@/lib/domain/template/gaps';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { recentTraffic } from '@/lib/operations/configuration/traffic';
import { listTemplateDesks, listTemplates } from '@/lib/operations/templates/list';
import { FaultNotice } from '../../verifications/fault-notice';
import { draftOf } from '../draft-of';
import { SyncForm } from './desk-form';
import { languageName, TemplateStatus, wordOfUseCase } from './words';

export const metadata: Metadata = { title: 'Templates' };

export default async function TemplatesPage(props: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const user = await requireUser('config:read');
  const query = await props.searchParams;
  const only = typeof query.name === 'string' ? query.name : null;
  const [desks, { live, draft }, { policies }, timeZone] = await Promise.all([
    listTemplateDesks(user),
    draftOf(user),
    currentConfiguration(),
    viewerTimeZone(),
  ]);
  const entities = withDraft(live, draft);
  const texts = Object.entries(entities).flatMap(([key, entity]) =>
    key.startsWith('texts/')
      ? [{ id: key.slice(6), ...(entity as unknown as TextEntity), isDrafted: key in draft }]
      : [],
  );
  const mayManage = mayDo(user, 'templates:manage');
  const mayWrite = mayDo(user, 'config:write');
  return (
    <Page
      timeZone={timeZone}
      title="Templates"
      lead="What people read, in every language, on every channel."
      aside={
        mayManage && desks.length > 0 ? (
          <Link href="/config/templates/new" className={buttonStyle({ tone: 'primary' })}>
            <Plus aria-hidden="true" className="size-3.5" />
            Submit a template
          </Link>
        ) : null
      }
    >
      <Suspense fallback={null}>
        <FaultNotice user={user} timeZone={timeZone} now={new Date()} />
      </Suspense>
      <div className="flex flex-col gap-6">
        <Panel>
          <PanelHeading
            title="WhatsApp"
            hint="WhatsApp writes the sentences; these are its choices, and how each language stands."
            aside={
              only ? (
                <Link href="/config/templates" className={buttonStyle({ size: 'small' })}>
                  All of them
                </Link>
              ) : null
            }
          />
          <Suspense fallback={<TableSkeleton label="Loading the templates" rows={2} row="h-[57px]" />}>
            <WhatsApp user={user} only={only} timeZone={timeZone} />
          </Suspense>
          {mayManage ? (
            <div className="flex flex-wrap gap-3 border-line border-t px-4 py-3">
              {desks.map(({ id, name }) => (
                <SyncForm key={id} connectionId={id} name={name} />
              ))}
            </div>
          ) : null}
        </Panel>

        <Panel>
          <PanelHeading title="Languages that people are asked in" hint="last 7 days, against what is approved" />
          <Suspense fallback={<TableSkeleton label="Loading the languages" rows={12} />}>
            <Languages user={user} texts={texts} maySubmit={mayManage && desks.length > 0} />
          </Suspense>
        </Panel>

        <Panel>
          <PanelHeading
            title="Texts of SMS and e-mail"
            hint="published with the configuration"
            aside={
              mayWrite ? (
                <Link href="/config/templates/texts/new" className={buttonStyle({ size: 'small' })}>
                  Write a text
                </Link>
              ) : null
            }
          />
          <Table label="Texts">
            <TableHead>
              <tr>
                <TableHeading>Language</TableHeading>
                <TableHeading className="hidden sm:table-cell">Channel</TableHeading>
                <TableHeading className="hidden md:table-cell">Use case</TableHeading>
                <TableHeading>Text</TableHeading>
              </tr>
            </TableHead>
            <tbody>
              {texts
                .sort(
                  (a, b) =>
                    a.channel.localeCompare(b.channel) ||
                    a.locale.localeCompare(b.locale) ||
                    (a.useCase ?? '').localeCompare(b.useCase ?? ''),
                )
                .map((text) => (
                  <TableRow key={text.id} className="focus-within:bg-hover hover:bg-hover">
                    <TableCell className="whitespace-nowrap py-1.5">
                      <Link
                        href={`/config/templates/texts/${text.id}`}
                        prefetch={false}
                        data-row=""
                        className="row-link"
                      >
                        {languageName(text.locale)}
                      </Link>
                      {text.isDrafted ? (
                        <Badge tone="accent" className="ml-2">
                          in your draft
                        </Badge>
                      ) : null}
                      <span className="block text-ink-3 text-xs md:hidden">
                        <span className="sm:hidden">{CHANNEL_WORDS[text.channel]} · </span>
                        {wordOfUseCase(text.useCase, policies)}
                      </span>
                    </TableCell>
                    <TableCell className="hidden sm:table-cell">{CHANNEL_WORDS[text.channel]}</TableCell>
                    <TableCell className="hidden text-ink-2 md:table-cell">
                      {wordOfUseCase(text.useCase, policies)}
                    </TableCell>
                    <TableCell className="max-w-40 truncate text-ink-2 sm:max-w-[32rem]">{text.text}</TableCell>
                  </TableRow>
                ))}
            </tbody>
          </Table>
        </Panel>
      </div>
    </Page>
  );
}

/** Languages that people were asked in, and what they get. */
async function Languages({
  user,
  texts,
  maySubmit,
}: {
  user: UserActor;
  texts: readonly TextEntity[];
  maySubmit: boolean;
}) {
  const [groups, traffic] = await Promise.all([templatesOf(user), recentTraffic()]);
  const mayWrite = mayDo(user, 'config:write');
  const gaps = gapsOf(traffic ?? [], {
    whatsapp: groups
      .filter(({ isInUse }) => isInUse)
      .flatMap(({ languages }) => languages.filter(({ status }) => status === 'approved').map(({ locale }) => locale)),
    sms: texts.filter(({ channel }) => channel === 'sms').map(({ locale }) => locale),
  });
  if (traffic === null || gaps.length === 0) {
    return (
      <EmptyState
        title={traffic === null ? 'The traffic could not be read in time' : 'No verifications in the last 7 days'}
      >
        Come back when there is traffic to compare with.
      </EmptyState>
    );
  }
  return (
    <Table label="Languages">
      <TableHead>
        <tr>
          <TableHeading>Language</TableHeading>
          <TableHeading className="text-right">Verifications</TableHeading>
          <TableHeading>WhatsApp</TableHeading>
          <TableHeading>SMS</TableHeading>
          <TableHeading className="hidden sm:table-cell">
            <span className="sr-only">Mend it</span>
          </TableHeading>
        </tr>
      </TableHead>
      <tbody>
        {gaps.slice(0, 60).map((gap) => (
          <TableRow key={gap.locale}>
            <TableCell>
              {languageName(gap.locale)} <span className="num text-ink-3 text-xs">{gap.locale}</span>
            </TableCell>
            <TableCell className="num text-right">{count(gap.verifications)}</TableCell>
            <TableCell>
              {gap.whatsapp ? <Badge tone="good">{gap.whatsapp}</Badge> : <Badge tone="warn">missing</Badge>}
            </TableCell>
            <TableCell>{gap.sms ? <Badge tone="good">{gap.sms}</Badge> : <Badge tone="warn">missing</Badge>}</TableCell>
            <TableCell className="hidden text-right sm:table-cell">
              {gap.whatsapp === null && maySubmit ? (
                <Link href={`/config/templates/new?missing=${gap.locale}`} className={buttonStyle({ size: 'small' })}>
                  Submit it
                </Link>
              ) : null}
              {gap.sms === null && mayWrite ? (
                <Link
                  href={`/config/templates/texts/new?locale=${gap.locale}`}
                  className={buttonStyle({ size: 'small', className: 'ml-2' })}
                >
                  Write it
                </Link>
              ) : null}
            </TableCell>
          </TableRow>
        ))}
      </tbody>
    </Table>
  );
}

/** Two panels ask for them. */
const templatesOf = cache(listTemplates);

async function WhatsApp({ user, only, timeZone }: { user: UserActor; only: string | null; timeZone: string }) {
  const [all, { policies }] = await Promise.all([templatesOf(user), currentConfiguration()]);
  const groups = all.filter(({ name }) => only === null || name === only);
  if (groups.length === 0) {
    return (
      <EmptyState
        picture={<MessageSquareText aria-hidden="true" className="size-8" strokeWidth={1.25} />}
        title="No WhatsApp template yet"
      >
        Without an approved one no code goes out over WhatsApp.
      </EmptyState>
    );
  }
  return (
    <Table label="WhatsApp templates">
      <TableHead>
        <tr>
          <TableHeading>Template</TableHeading>
          <TableHeading className="hidden md:table-cell">Use case</TableHeading>
          <TableHeading>Languages</TableHeading>
          <TableHeading className="hidden text-right lg:table-cell">Says</TableHeading>
          <TableHeading className="hidden text-right lg:table-cell">Dropped after</TableHeading>
          <TableHeading className="hidden text-right sm:table-cell">Last synced</TableHeading>
        </tr>
      </TableHead>
      <tbody>
        {groups.map((group) => {
          const states = new Map<string, number>();
          for (const { status } of group.languages) states.set(status, (states.get(status) ?? 0) + 1);
          const [first] = group.languages;
          const synced = group.languages.map(({ syncedAt }) => syncedAt?.getTime() ?? 0);
          const oldest = Math.min(...synced);
          return (
            <TableRow
              key={`${group.connectionId} ${group.name} ${group.useCase}`}
              className="focus-within:bg-hover hover:bg-hover"
            >
              <TableCell className="py-2">
                <Link
                  href={`/config/templates/${encodeURIComponent(group.name)}?connection=${group.connectionId}`}
                  prefetch={false}
                  data-row=""
                  className="row-link num font-medium"
                >
                  {group.name}
                </Link>
                <span className="block text-ink-3 text-xs">
                  {group.connectionName} {group.isInUse ? '· in use' : '· a spare'}
                </span>
              </TableCell>
              <TableCell className="hidden text-ink-2 md:table-cell">
                {wordOfUseCase(group.useCase, policies)}
              </TableCell>
              <TableCell>
                <span className="flex flex-wrap gap-1.5">
                  {[...states].map(([status, n]) => (
                    <span key={status} className="inline-flex items-center gap-1">
                      <span className="num text-sm">{n}</span>
                      <TemplateStatus status={status} />
                    </span>
                  ))}
                </span>
              </TableCell>
              <TableCell className="num hidden text-right lg:table-cell">
                {first?.codeExpirationMinutes ? `${first.codeExpirationMinutes} min` : DASH}
              </TableCell>
              <TableCell className="num hidden text-right lg:table-cell">
                {first?.ttlSeconds ? `${first.ttlSeconds} s` : DASH}
              </TableCell>
              <TableCell className="hidden text-right text-ink-3 text-xs sm:table-cell">
                {oldest > 0 ? <TimeStamp at={new Date(oldest)} timeZone={timeZone} /> : 'never'}
              </TableCell>
            </TableRow>
          );
        })}
      </tbody>
    </Table>
  );
}
