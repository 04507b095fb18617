import { percent } from '@/components/charts/figure';
import { count, DASH, duration } from '@/components/console/format';
import { Badge } from '@/components/ui/badge';
import type { ConnectionView } from '@/lib/operations/connections/list';

/** A share in per cent; nothing to divide by is a dash, never 0 %. */
export const share = (part: number, whole: number): string => percent(whole === 0 ? null : part / whole);

/** Whether it takes part, in a word and a colour. */
export function StandingBadge({ connection }: { connection: ConnectionView }) {
  if (!connection.enabled) return <Badge tone="neutral">switched off</Badge>;
  if (connection.breakerState === 'open') return <Badge tone="bad">passed over</Badge>;
  if (connection.alertedAt && Date.now() - connection.alertedAt.getTime() < 3_600_000) {
    return <Badge tone="warn">needs repair</Badge>;
  }
  return <Badge tone="good">in use</Badge>;
}

const QUALITY = { green: 'good', yellow: 'warn', red: 'bad' } as const;

/** What the provider says of a sender: promises nothing, shows everything. */
export function Senders({ connection }: { connection: ConnectionView }) {
  if (connection.senders.length === 0) {
    return <p className="text-ink-3 text-sm">The provider has told nothing of its senders yet.</p>;
  }
  return (
    <ul className="flex flex-col gap-3">
      {connection.senders.map((sender) => (
        <li key={sender.sender} className="text-sm">
          <span className="num font-medium">{sender.displayName ?? sender.sender}</span>
          {sender.displayName ? <span className="num ml-2 text-ink-3 text-xs">{sender.sender}</span> : null}
          <span className="mt-1 flex flex-wrap gap-1.5">
            {sender.quality ? (
              <Badge tone={QUALITY[sender.quality as keyof typeof QUALITY] ?? 'neutral'}>
                quality {sender.quality}
              </Badge>
            ) : null}
            {sender.messagingLimit ? (
              <Badge tone="outline">{sender.messagingLimit.toLowerCase().replaceAll('_', ' ')}</Badge>
            ) : null}
            {sender.nameStatus ? <Badge tone="outline">name {sender.nameStatus}</Badge> : null}
            {sender.isVerified === null ? null : (
              <Badge tone={sender.isVerified ? 'good' : 'neutral'}>
                {sender.isVerified ? 'verified badge' : 'no badge'}
              </Badge>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The last 15 minutes in figures. */
export function HealthFigures({ connection }: { connection: ConnectionView }) {
  const { health } = connection;
  const told = connection.hasReceipts ? health : null;
  const rows: [string, string, string | null][] = [
    ['Messages', health ? count(health.submitted) : DASH, null],
    [
      'Accepted',
      health ? share(health.accepted, health.answered) : DASH,
      health ? `n ${count(health.answered)}` : null,
    ],
    ['Delivered', told ? share(told.delivered, told.accepted) : DASH, told ? `n ${count(told.accepted)}` : null],
    ['No answer', health ? count(health.unknown) : DASH, null],
    ['To accept, p50 · p95', health ? `${duration(health.acceptMsP50)} · ${duration(health.acceptMsP95)}` : DASH, null],
    ['To deliver, p50 · p95', told ? `${duration(told.deliverMsP50)} · ${duration(told.deliverMsP95)}` : DASH, null],
  ];
  return (
    <dl className="divide-y divide-line px-4 text-sm">
      {rows.map(([label, value, n]) => (
        <div key={label} className="flex min-h-9 items-center justify-between gap-4">
          <dt className="text-ink-3">{label}</dt>
          <dd className="num text-right">
            {value}
            {n ? <span className="ml-2 text-2xs text-ink-3">{n}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}
