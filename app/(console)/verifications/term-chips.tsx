import { X } from 'lucide-react';
import Link from 'next/link';
import { classNames } from '@/components/ui/class-names';
import { kindOf, SEARCH, type Term } from '@/lib/domain/search/language';
import { type Choices, valueName } from './names';
import { hrefWith, type View } from './search-params';
import { leftOut, termsOf, withTerms } from './terms';

/** Every filter that is on, each with a way to take it off. A number shows its ending alone. */
export function TermChips({
  view,
  endings,
  choices,
  path,
}: {
  view: View;
  endings: readonly string[];
  choices: Choices;
  path: '/verifications' | '/live';
}) {
  const terms = termsOf(view);
  if (terms.length === 0 && endings.length === 0) return null;
  const beyond = leftOut(view).length;
  const signOf = (isExcluded: boolean) => (isExcluded ? 'not ' : '');
  return (
    <ul aria-label="Filters that are on" className="flex flex-wrap gap-1.5">
      {terms.map((term) => (
        <Chip
          key={`${term.isExcluded}${term.key}${term.value}`}
          name={`${signOf(term.isExcluded)}${nameOf(term, choices)}`}
          isExcluded={term.isExcluded}
          href={hrefWith(
            withTerms(
              view,
              terms.filter((each) => each !== term),
            ),
            {},
            path,
          )}
        />
      ))}
      {[...view.number.keys()].map((at) => (
        <Chip
          key={`n${at}`}
          name={`number ending in ${endings[at] ?? '…'}`}
          href={hrefWith(view, { number: view.number.filter((_, n) => n !== at) }, path)}
        />
      ))}
      {[...view['-number'].keys()].map((at) => (
        <Chip
          key={`-n${at}`}
          isExcluded
          name={`not number ending in ${endings[view.number.length + at] ?? '…'}`}
          href={hrefWith(view, { '-number': view['-number'].filter((_, n) => n !== at) }, path)}
        />
      ))}
      {beyond > 0 ? (
        <li className="inline-flex min-h-6 items-center rounded-tag bg-warn-soft px-2 text-warn text-xs">
          {beyond} more {beyond === 1 ? 'value of this address is' : 'values of this address are'} left out: a search
          names at most {SEARCH.termsMax}.
        </li>
      ) : null}
    </ul>
  );
}

function nameOf({ key, value }: Term, choices: Choices): string {
  if (key === null) return value;
  const kind = kindOf(key);
  const word = key.replace(/^metadata\./, '').replace(/^first_/, 'first ');
  if (kind === 'connection') return `${word}: ${choices.connections.find(({ id }) => id === value)?.name ?? value}`;
  if (kind === 'app') return `${word}: ${choices.apps.find(({ id }) => id === value)?.name ?? value}`;
  return `${word}: ${valueName(kind, value, choices)}`;
}

function Chip({ name, href, isExcluded = false }: { name: string; href: string; isExcluded?: boolean }) {
  return (
    <li
      className={classNames(
        'inline-flex h-6 max-w-full items-center rounded-tag pl-2 text-xs',
        isExcluded ? 'bg-bad-soft text-bad' : 'bg-accent-soft text-accent',
      )}
    >
      <span className="truncate">{name}</span>
      <Link
        href={href}
        scroll={false}
        prefetch={false}
        aria-label={`Remove ${name}`}
        className="inline-flex size-6 shrink-0 items-center justify-center rounded-tag hover:bg-hover"
      >
        <X aria-hidden="true" className="size-3" />
      </Link>
    </li>
  );
}
