import type { ReactNode } from 'react';
import { Shell } from '@/components/console/shell/shell';
import { requireUser } from '@/lib/auth/session';
import { viewerTimeZone } from '@/lib/auth/viewer-zone';
import { mayDo, PERMISSIONS, type Permission } from '@/lib/domain/permissions';
import { countOpenAlerts } from '@/lib/operations/alerts/list';
import { signOut } from './actions';
import { find } from './verifications/actions';

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const user = await requireUser();
  const may = (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => mayDo(user, permission));
  const { n, critical } = await countOpenAlerts(user);
  return (
    <Shell
      counts={n > 0 ? { '/alerts': { n, label: `${n} open`, isBad: critical > 0 } } : {}}
      user={{ name: user.name, email: user.email, role: user.role }}
      may={may}
      zone={await viewerTimeZone()}
      signOut={signOut}
      find={find}
    >
      {children}
    </Shell>
  );
}
