import { GitPullRequestArrow, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { buttonStyle } from '@/components/ui/button';
import type { UserActor } from '@/lib/auth/session';
import { AwayFrom } from './away-from';
import { draftOf } from './draft-of';

/** Stands at the foot of every room that steers something, as long as the person has changes that are not live. */
export async function DraftBar({ user }: { user: UserActor }) {
  const { changes, conflicts } = await draftOf(user);
  if (changes.length === 0) return null;
  const entities = new Set(changes.map(({ entity }) => entity)).size;
  return (
    <AwayFrom path="/config/changes">
      <section
        aria-label="Your draft"
        className="sticky bottom-0 z-20 border-line-strong border-t bg-raised px-4 py-2.5 sm:px-7"
      >
        <div className="mx-auto flex max-w-[80.5rem] flex-wrap items-center gap-x-3 gap-y-2 text-sm">
          {conflicts.length > 0 ? (
            <TriangleAlert aria-hidden="true" className="size-4 text-warn" />
          ) : (
            <GitPullRequestArrow aria-hidden="true" className="size-4 text-accent" />
          )}
          <p>
            <span className="font-medium">
              {changes.length} {changes.length === 1 ? 'change' : 'changes'} in your draft
            </span>
            <span className="text-ink-3 max-sm:sr-only">
              {' '}
              · {entities} {entities === 1 ? 'entry' : 'entries'}, not live yet
              {conflicts.length > 0 ? ` · ${conflicts.length} in conflict with somebody else’s` : ''}
            </span>
          </p>
          <Link href="/config/changes" className={buttonStyle({ tone: 'primary', className: 'ml-auto' })}>
            Review and publish
          </Link>
        </div>
      </section>
    </AwayFrom>
  );
}
