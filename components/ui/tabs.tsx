import Link from 'next/link';
import { classNames } from '@/components/ui/class-names';

/** Views of one thing, each with its own address: they work without a script, and the back button steps through them. */
export function Tabs({ label, tabs }: { label: string; tabs: { href: string; title: string; isCurrent: boolean }[] }) {
  return (
    <nav aria-label={label} className="flex gap-4 border-line border-b">
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          scroll={false}
          aria-current={tab.isCurrent ? 'page' : undefined}
          className={classNames(
            '-mb-px inline-flex h-9 items-center border-b-2 px-0.5 text-sm transition-colors duration-100',
            tab.isCurrent ? 'border-ink font-medium text-ink' : 'border-transparent text-ink-3 hover:text-ink',
          )}
        >
          {tab.title}
        </Link>
      ))}
    </nav>
  );
}
