import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { countryName } from '@/components/console/format';
import { Page } from '@/components/console/shell/shell';
import { CHANNEL_WORDS, wordFor } from '@/components/console/words';
import { requireUser } from '@/lib/auth/session';
import { type Entity, withDraft } from '@/lib/domain/configuration/entities';
import { mayDo } from '@/lib/domain/permissions';
import { lifetimeMinutes } from '@/lib/domain/policy/policy';
import { normaliseLocale } from '@/lib/domain/template/locale';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { draftOf } from '../../../draft-of';
import { languageName } from '../../words';
import { type KnownText, type PartPrice, TextForm } from '../text-form';

export const metadata: Metadata = { title: 'Text' };

export default async function TextPage(props: {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { id } = await props.params;
  const isNew = id === 'new';
  const user = await requireUser(isNew ? 'config:write' : 'config:read');
  const [{ live, draft }, configuration, query] = await Promise.all([
    draftOf(user),
    currentConfiguration(),
    props.searchParams,
  ]);
  const entity: Entity | undefined = isNew ? {} : withDraft(live, draft)[`texts/${id}`];
  if (!entity) notFound();
  const word = (name: string) => (typeof entity[name] === 'string' ? (entity[name] as string) : '');
  const known: KnownText = {
    id: isNew ? '' : id,
    channel: word('channel') || 'sms',
    useCase: word('useCase'),
    locale: word('locale') || (typeof query.locale === 'string' ? query.locale.slice(0, 12) : ''),
    text: word('text') || (isNew ? '{code} ' : ''),
    subject: word('subject'),
    dltTemplateId: word('dltTemplateId'),
  };
  return (
    <Page
      title={isNew ? 'Write a text' : `${wordFor(CHANNEL_WORDS, known.channel)} text, ${languageName(known.locale)}`}
      lead={
        <>
          Published with the configuration.{' '}
          <Link href="/config/templates" className="underline">
            All templates
          </Link>
        </>
      }
    >
      <TextForm
        known={known}
        mayWrite={mayDo(user, 'config:write')}
        useCases={[...configuration.policies.values()].map(({ useCase, name, lifetimeSeconds }) => ({
          id: useCase,
          name,
          minutes: lifetimeMinutes(lifetimeSeconds),
        }))}
        prices={partPrices(configuration)}
      />
    </Page>
  );
}

/** What a segment of SMS costs in the countries of each language, dearest first. */
function partPrices(configuration: Awaited<ReturnType<typeof currentConfiguration>>): Record<string, PartPrice[]> {
  const prices: Record<string, PartPrice[]> = {};
  for (const scope of configuration.routes.keys()) {
    if (!scope.startsWith('country:')) continue;
    const country = scope.slice(8);
    const route = configuration.routeFor(country);
    const micros = route.prices.sms;
    if (micros === undefined) continue;
    const locale = normaliseLocale(route.defaultLocale);
    prices[locale] = [...(prices[locale] ?? []), { country, name: countryName(country), micros }];
  }
  for (const list of Object.values(prices)) list.sort((a, b) => b.micros - a.micros).splice(6);
  return prices;
}
