import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { WhatsAppBubble } from '@/components/console/phone-bubble';
import { Page } from '@/components/console/shell/shell';
import { TimeStamp } from '@/components/console/time-stamp';
import { Badge } from '@/components/ui/badge';
import { buttonStyle } from '@/components/ui/button';
import { FormMessage } from '@/components/ui/form-message';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { templateOptions } from '@/lib/contract/templates';
import { mayDo } from '@/lib/domain/permissions';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { listTemplates } from '@/lib/operations/templates/list';
import { SyncForm, UseTemplateForm } from '../desk-form';
import { languageName, TemplateStatus, wordOfUseCase } from '../words';

type Props = {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function TemplatePage({ params, searchParams }: Props) {
  const user = await requireUser('config:read');
  const [{ name }, query, groups, { policies }, timeZone] = await Promise.all([
    params,
    searchParams,
    listTemplates(user),
    currentConfiguration(),
    viewerTimeZone(),
  ]);
  const wanted = decodeURIComponent(name);
  const found = groups.filter((group) => group.name === wanted);
  const group = found.find(({ connectionId }) => connectionId === query.connection) ?? found[0];
  if (!group) notFound();
  const isDark = query.look === 'dark';
  const platform = query.phone === 'ios' ? 'ios' : 'android';
  const href = (change: Record<string, string>) =>
    `/config/templates/${encodeURIComponent(group.name)}?${new URLSearchParams({
      connection: group.connectionId,
      look: isDark ? 'dark' : 'light',
      phone: platform,
      ...change,
    })}`;
  const waiting = group.languages.filter(({ status }) => status === 'pending').length;

  return (
    <Page
      timeZone={timeZone}
      title={
        <span className="flex flex-wrap items-center gap-3">
          <span className="num">{group.name}</span>
          <Badge tone={group.isInUse ? 'good' : 'neutral'}>{group.isInUse ? 'in use' : 'a spare'}</Badge>
        </span>
      }
      lead={
        <>
          {group.connectionName}, for{' '}
          {group.useCase ? wordOfUseCase(group.useCase, policies) : 'every use case without its own'} ·{' '}
          <Link href="/config/templates" className="underline">
            all templates
          </Link>
        </>
      }
      aside={
        <nav aria-label="How it looks" className="flex flex-wrap gap-1">
          {(['light', 'dark'] as const).map((look) => (
            <Link
              key={look}
              href={href({ look })}
              aria-current={(look === 'dark') === isDark}
              className={buttonStyle({ size: 'small', tone: (look === 'dark') === isDark ? 'primary' : 'secondary' })}
            >
              {look === 'dark' ? 'Dark' : 'Light'}
            </Link>
          ))}
          {(['android', 'ios'] as const).map((phone, at) => (
            <Link
              key={phone}
              href={href({ phone })}
              aria-current={phone === platform}
              className={buttonStyle({
                size: 'small',
                tone: phone === platform ? 'primary' : 'secondary',
                className: at === 0 ? 'ml-3' : undefined,
              })}
            >
              {phone === 'ios' ? 'iOS' : 'Android'}
            </Link>
          ))}
        </nav>
      }
    >
      {query.submitted ? (
        <FormMessage tone="good" className="mb-4">
          Submitted.{' '}
          {waiting > 0
            ? `${waiting} ${waiting === 1 ? 'language waits' : 'languages wait'} for WhatsApp’s answer; it comes by itself.`
            : 'All are answered.'}
        </FormMessage>
      ) : null}
      {mayDo(user, 'templates:manage') ? (
        <div className="mb-5 flex flex-wrap items-center gap-3">
          {group.isInUse ? null : (
            <UseTemplateForm connectionId={group.connectionId} name={group.name} useCase={group.useCase} />
          )}
          <SyncForm connectionId={group.connectionId} name={group.connectionName} />
        </div>
      ) : null}
      <ul className="grid grid-cols-1 gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {group.languages.map((row) => {
          const options = templateOptions.safeParse(row.options).data;
          return (
            <li key={row.id} className="flex flex-col gap-2">
              <p className="flex items-center gap-2 text-sm">
                <span className="font-medium">{languageName(row.locale)}</span>
                <span className="num text-ink-3 text-xs">{row.locale}</span>
                <span className="ml-auto">
                  <TemplateStatus status={row.status} />
                </span>
              </p>
              <WhatsAppBubble
                locale={row.locale}
                minutes={row.codeExpirationMinutes}
                hasSecurity={options?.addSecurityRecommendation ?? true}
                button={(row.button ?? 'copy_code') as 'copy_code'}
                buttonText={options?.button.text ?? null}
                look={{ isDark, platform }}
              />
              <p className="text-ink-3 text-xs">
                {row.statusReason ? <span className="text-bad">{row.statusReason}. </span> : null}
                {row.syncedAt ? (
                  <>
                    Last synced <TimeStamp at={row.syncedAt} timeZone={timeZone} />
                  </>
                ) : (
                  'Never synced'
                )}
              </p>
            </li>
          );
        })}
      </ul>
    </Page>
  );
}
