import type { Metadata } from 'next';
import { Page } from '@/components/console/shell/shell';
import { requireUser } from '@/lib/auth/session';
import { type LimitsEntity, withDraft } from '@/lib/domain/configuration/entities';
import { mayDo } from '@/lib/domain/permissions';
import { draftOf } from '../../draft-of';
import { RoomTabs } from '../room-tabs';
import { typedLimits } from './fields';
import { LimitsForm } from './limits-form';

export const metadata: Metadata = { title: 'Send limits' };

export default async function LimitsPage() {
  const user = await requireUser('config:read');
  const { live, draft } = await draftOf(user);
  const limits = withDraft(live, draft)['limits/global'] as LimitsEntity;
  return (
    <Page
      title="Send limits"
      lead="How often codes go out before a request is refused with too_many_verifications. They hold over every app, use case and process."
    >
      <RoomTabs current="/config/policies/limits" />
      <LimitsForm
        was={JSON.stringify(limits)}
        start={typedLimits(limits)}
        live={typedLimits(live['limits/global'] as LimitsEntity)}
        mayWrite={mayDo(user, 'config:write')}
      />
    </Page>
  );
}
