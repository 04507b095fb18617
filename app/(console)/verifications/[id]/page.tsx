import { ArrowLeft } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { lifeNames } from '@/components/console/timeline/life-names';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { isRefusal } from '@/lib/domain/errors';
import { mayDo } from '@/lib/domain/permissions';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { getVerification } from '@/lib/operations/verifications/get';
import { zoneOf } from '../range';
import { hrefWith, loadView } from '../search-params';
import { Life } from './life';

export const metadata: Metadata = { title: 'One verification' };

type Props = { params: Promise<{ id: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function VerificationPage(props: Props) {
  const user = await requireUser('verifications:read');
  const { id } = await props.params;
  const search = await props.searchParams;
  const life = await getVerification(user, { verificationId: id }).catch((error: unknown) => {
    if (isRefusal(error) && error.code === 'not_found') notFound();
    throw error;
  });
  // The list that it was opened from stays in the address, and is where one goes back to.
  const list = loadView(search);
  const href = hrefWith(list, { after: list.after, further: list.further }, `/verifications/${life.id}`);

  return (
    <div className="mx-auto w-full max-w-[84rem] px-4 pt-4 pb-16 sm:px-7 sm:pt-5">
      <Link
        href={hrefWith(list, { after: list.after, further: list.further })}
        className="-ml-1 inline-flex h-7 items-center gap-1.5 rounded-control px-1 text-ink-3 text-xs hover:text-ink"
      >
        <ArrowLeft aria-hidden="true" className="size-3.5" /> Verifications
      </Link>
      <Life
        life={life}
        timeZone={zoneOf(list, await viewerTimeZone())}
        names={lifeNames(await currentConfiguration())}
        isRaw={search.view === 'raw'}
        mayWrite={mayDo(user, 'verifications:write')}
        tabHref={(tab) => (tab === 'raw' ? `${href}${href.includes('?') ? '&' : '?'}view=raw` : href)}
      />
    </div>
  );
}
