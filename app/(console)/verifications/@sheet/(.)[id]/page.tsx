import { SearchX } from 'lucide-react';
import { lifeNames } from '@/components/console/timeline/life-names';
import { EmptyState } from '@/components/ui/empty-state';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { isRefusal } from '@/lib/domain/errors';
import { mayDo } from '@/lib/domain/permissions';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { getVerification } from '@/lib/operations/verifications/get';
import { Life } from '../../[id]/life';
import { zoneOf } from '../../range';
import { hrefWith, loadView } from '../../search-params';
import { LifeSheet } from './life-sheet';

type Props = { params: Promise<{ id: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

/** The same life as its page shows, in a sheet above the list it was opened from. */
export default async function VerificationSheet(props: Props) {
  const user = await requireUser('verifications:read');
  const { id } = await props.params;
  const search = await props.searchParams;
  const life = await getVerification(user, { verificationId: id }).catch((error: unknown) => {
    if (isRefusal(error) && error.code === 'not_found') return null;
    throw error;
  });
  const list = loadView(search);
  const href = hrefWith(list, { after: list.after, further: list.further }, `/verifications/${id}`);
  return (
    <LifeSheet id={id} href={href}>
      {life ? (
        <Life
          life={life}
          timeZone={zoneOf(list, await viewerTimeZone())}
          names={lifeNames(await currentConfiguration())}
          isRaw={search.view === 'raw'}
          mayWrite={mayDo(user, 'verifications:write')}
          isNarrow
          tabHref={(tab) => (tab === 'raw' ? `${href}${href.includes('?') ? '&' : '?'}view=raw` : href)}
        />
      ) : (
        <EmptyState
          picture={<SearchX aria-hidden="true" className="size-8" strokeWidth={1.25} />}
          title="No such verification"
        >
          It was removed when its time to be kept was over.
        </EmptyState>
      )}
    </LifeSheet>
  );
}
