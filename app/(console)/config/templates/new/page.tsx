import type { Metadata } from 'next';
import Link from 'next/link';
import { Page } from '@/components/console/shell/shell';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { requireUser } from '@/lib/auth/session';
import { TEMPLATE_TTL_SECONDS } from '@/lib/contract/templates';
import { lifetimeMinutes } from '@/lib/domain/policy/policy';
import { WHATSAPP_LANGUAGES } from '@/lib/domain/template/whatsapp-sentences';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { listTemplateDesks, listTemplates } from '@/lib/operations/templates/list';
import { languageName } from '../words';
import { NewTemplateForm } from './new-template-form';

export const metadata: Metadata = { title: 'Submit a template' };

const text = (value: string | string[] | undefined) => (typeof value === 'string' ? value.slice(0, 600) : '');

export default async function NewTemplatePage(props: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const user = await requireUser('templates:manage');
  const query = await props.searchParams;
  const [desks, groups, configuration] = await Promise.all([
    listTemplateDesks(user),
    listTemplates(user),
    currentConfiguration(),
  ]);
  const policies = [...configuration.policies.values()].map(({ useCase, name, lifetimeSeconds }) => ({
    id: useCase,
    name,
    minutes: Math.min(90, lifetimeMinutes(lifetimeSeconds)),
    ttl: Math.min(900, Math.max(30, lifetimeSeconds)),
  }));
  // A missing language is submitted with the choices of the template that has all the others.
  const known = groups.find(({ isInUse, name }) => isInUse && (text(query.name) === '' || name === text(query.name)));
  const missing = text(query.missing).split(',').filter(Boolean);
  return (
    <Page
      title="Submit a template"
      lead={
        <>
          WhatsApp reviews it, usually within minutes.{' '}
          <Link href="/config/templates" className="underline">
            All templates
          </Link>
        </>
      }
    >
      {desks.length === 0 ? (
        <Panel>
          <EmptyState title="No connection holds WhatsApp templates">
            Add a connection of Meta or YCloud first.
          </EmptyState>
        </Panel>
      ) : (
        <NewTemplateForm
          desks={desks}
          policies={policies}
          languages={WHATSAPP_LANGUAGES.map((locale) => ({ locale, name: languageName(locale) }))}
          missing={missing}
          known={
            missing.length > 0 && known
              ? {
                  connection: known.connectionId,
                  name: known.name,
                  useCase: known.useCase ?? '',
                  minutes: known.languages[0]?.codeExpirationMinutes ?? null,
                  ttl: submittable(known.languages[0]?.ttlSeconds ?? null),
                }
              : null
          }
        />
      )}
    </Page>
  );
}

/** A template made elsewhere may wait longer than one may ask for here. */
const submittable = (ttlSeconds: number | null) =>
  ttlSeconds !== null && ttlSeconds <= TEMPLATE_TTL_SECONDS.max ? ttlSeconds : null;
