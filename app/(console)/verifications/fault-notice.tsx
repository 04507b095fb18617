import { TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { ReasonText } from '@/components/console/reason-text';
import { TimeAgo } from '@/components/console/time-ago';
import type { Actor } from '@/lib/domain/actor';
import { listConnectionAlerts } from '@/lib/operations/connections/alerts';

/** Says which connection is at fault on our own side; nothing when all is well. Codes move on by themselves meanwhile. */
export async function FaultNotice({ user, timeZone, now }: { user: Actor; timeZone: string; now: Date }) {
  const alerts = await listConnectionAlerts(user);
  if (alerts.length === 0) return null;
  return (
    <ul className="mb-4 divide-y divide-line rounded-panel border border-line bg-bad-soft text-sm">
      {alerts.map((alert) => (
        <li key={alert.id} className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 py-2.5 text-ink">
          <TriangleAlert aria-hidden="true" className="size-4 shrink-0 text-bad" />
          <span className="font-medium">{alert.name}</span>
          <ReasonText reason={alert.reason} />
          <span className="text-ink-2">Codes go out over the next channel until it is repaired.</span>
          <Link href="/alerts" className="text-ink-2 underline">
            Alerts
          </Link>
          <span className="ml-auto text-ink-2 text-xs">
            <TimeAgo at={alert.at.toISOString()} now={now.getTime()} timeZone={timeZone} />
          </span>
        </li>
      ))}
    </ul>
  );
}
