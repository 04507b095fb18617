import Link from 'next/link';
import { percent } from '@/components/charts/figure';
import { count } from '@/components/console/format';
import { classNames } from '@/components/ui/class-names';

export type FunnelStep = {
  key: string;
  label: string;
  value: number | null;
  href?: string | undefined;
  /** Not everyone passes it (only WhatsApp tells that a message was read): nobody is lost here, and the next step is held against the one before. */
  isAside?: boolean;
};

/**
 * How many reached each step, with what was lost on the way, and the branch that left it for another channel. Widths are shares of the
 * first step.
 */
export function Funnel({
  steps,
  branch,
}: {
  steps: readonly FunnelStep[];
  branch?: { label: string; fellBack: number | null; rescued: number | null; href?: string | undefined };
}) {
  const all = steps[0]?.value ?? 0;
  const width = (value: number | null) => `${all > 0 && value !== null ? Math.max(0.5, (value / all) * 100) : 0}%`;
  return (
    <ol className="flex h-full flex-col justify-between gap-1 px-1 pt-2 pb-1">
      {steps.map(({ key, label, value, href, isAside = false }, at) => {
        const previous = steps.slice(0, at).findLast((step) => !step.isAside)?.value ?? null;
        const lost = !isAside && previous !== null && value !== null ? previous - value : null;
        const row = (
          <>
            <span className="w-20 shrink-0 text-ink-2 text-xs">{label}</span>
            <span className="relative h-full min-w-0 grow overflow-hidden rounded-tag bg-sunken">
              <span
                className={classNames(
                  'absolute inset-y-0 left-0 rounded-tag',
                  isAside ? 'bg-step-1 ring-1 ring-step-4 ring-inset' : 'bg-step-4',
                )}
                style={{ width: width(value), opacity: isAside ? 1 : 1 - at * 0.09 }}
              />
            </span>
            <span className="num w-32 shrink-0 whitespace-nowrap text-right text-xs sm:w-44">
              {count(value)}{' '}
              <span className="inline-block w-14 text-ink-3">
                {value !== null && all > 0 ? percent(value / all) : ''}
              </span>
              <span className="inline-block w-14 text-ink-3 max-sm:hidden">
                {lost !== null && lost > 0 ? `−${count(lost)}` : ''}
              </span>
            </span>
          </>
        );
        return (
          <li key={key} className="min-h-0 grow">
            <Row href={href}>{row}</Row>
          </li>
        );
      })}
      {branch ? (
        <li className="min-h-0 grow border-line border-t border-dashed pt-1">
          <Row href={branch.href}>
            <span className="w-20 shrink-0 text-ink-2 text-xs">{branch.label}</span>
            <span className="relative h-full min-w-0 grow overflow-hidden rounded-tag bg-sunken">
              <span
                className="absolute inset-y-0 left-0 rounded-tag bg-sms-soft ring-1 ring-sms-mark ring-inset"
                style={{ width: width(branch.fellBack) }}
              />
              <span
                className="absolute inset-y-0 left-0 rounded-tag bg-sms-mark"
                style={{ width: width(branch.rescued) }}
              />
            </span>
            <span className="num w-32 shrink-0 whitespace-nowrap text-right text-xs sm:w-44">
              {count(branch.fellBack)}{' '}
              <span className="inline-block w-14 text-ink-3">
                {branch.fellBack !== null && all > 0 ? percent(branch.fellBack / all) : ''}
              </span>
              <span className="inline-block w-14 text-ink-3 max-sm:hidden">
                {branch.fellBack && branch.rescued !== null && branch.fellBack > branch.rescued
                  ? `−${count(branch.fellBack - branch.rescued)}`
                  : ''}
              </span>
            </span>
          </Row>
        </li>
      ) : null}
    </ol>
  );
}

/** Not in the order of the keys: the picture is hidden from those who read the table instead. */
function Row({ href, children }: { href: string | undefined; children: React.ReactNode }) {
  const look = 'flex h-full max-h-8 min-h-6 items-center gap-2';
  if (!href) return <div className={look}>{children}</div>;
  return (
    <Link href={href} prefetch={false} tabIndex={-1} className={classNames(look, 'rounded-tag hover:bg-hover')}>
      {children}
    </Link>
  );
}
