import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { entityWords } from '@/components/console/configuration/change-words';
import { count } from '@/components/console/format';
import { Badge } from '@/components/ui/badge';
import { buttonStyle } from '@/components/ui/button';
import { classNames } from '@/components/ui/class-names';
import type { Entities } from '@/lib/domain/configuration/entities';
import type { Finding } from '@/lib/domain/configuration/lint';

const LOOK = {
  error: { icon: CircleAlert, look: 'text-bad', word: 'Error' },
  warning: { icon: TriangleAlert, look: 'text-warn', word: 'Warning' },
  note: { icon: Info, look: 'text-ink-3', word: 'Note' },
} as const;

const WRITE = '/config/templates/texts/new';
const SUBMIT = '/config/templates/new';

/** What the lint found, worst first, each with its fix one press away. */
export function FindingList({
  findings,
  entities,
  isNew,
  fix,
}: {
  findings: readonly Finding[];
  entities: Entities;
  isNew?: (finding: Finding) => boolean;
  /** The control that puts a finding's fix into the draft. */
  fix?: (finding: Finding) => ReactNode;
}) {
  return (
    <ul className="divide-y divide-line">
      {findings.map((finding) => {
        const { icon: Icon, look, word } = LOOK[finding.severity];
        const mends = finding.href ?? entityWords(finding.entity, entities).href;
        // Whoever may only read is shown what there is, not a form that would refuse.
        const href = fix || !(mends.startsWith(WRITE) || mends.startsWith(SUBMIT)) ? mends : '/config/templates';
        return (
          <li
            key={`${finding.code} ${finding.entity} ${finding.said}`}
            className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 py-3"
          >
            <Icon aria-hidden="true" className={classNames('mt-0.5 size-4 shrink-0', look)} />
            <div className="min-w-[14rem] flex-1 text-sm">
              <p>
                <span className="sr-only">{word}: </span>
                {finding.said}
              </p>
              <p className="mt-0.5 text-ink-3 text-xs">
                {isNew?.(finding) ? (
                  <Badge tone="accent" className="mr-2">
                    this draft brings it
                  </Badge>
                ) : null}
                {finding.verifications === null
                  ? null
                  : `${count(finding.verifications)} ${finding.verifications === 1 ? 'verification' : 'verifications'} in the last 7 days`}
              </p>
            </div>
            <span className="ml-auto flex gap-2">
              {finding.fix && fix ? fix(finding) : null}
              <Link
                href={href}
                prefetch={false}
                className={buttonStyle({ size: 'small', tone: 'quiet', className: '-mr-2' })}
              >
                {href.startsWith(WRITE) ? 'Write it' : href.startsWith(SUBMIT) ? 'Submit it' : 'Open'}
              </Link>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
