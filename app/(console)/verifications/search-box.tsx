'use client';

import { Search } from 'lucide-react';
import { useSearchParams } from 'next/navigation';
import { useId, useRef, useState, useTransition } from 'react';
import { classNames } from '@/components/ui/class-names';
import { Input } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';
import {
  type Completion,
  completionsAt,
  idOfName,
  nameOfId,
  renamed,
  type Vocabulary,
} from '@/lib/domain/search/complete';
import { kindOf, type Problem, parseSearch, printSearch } from '@/lib/domain/search/language';
import { publicTemplate } from '@/lib/domain/template/key';
import { search } from './actions';
import type { Choices } from './names';
import type { View } from './search-params';
import { termsOf } from './terms';

/** The view as text: what is in the address, in words that can be typed. Numbers are sealed there and stay out of it. */
export function SearchBox({
  view,
  choices,
  vocabulary,
  path,
}: {
  view: View;
  choices: Pick<Choices, 'apps' | 'connections'>;
  vocabulary: Vocabulary;
  path: '/verifications' | '/live';
}) {
  const address = useSearchParams().toString();
  const [isPending, startTransition] = useTransition();
  const among = { app: choices.apps, connection: choices.connections };
  const written = printSearch(
    renamed(termsOf(view), (key, id) => nameOfId(id, among[key])).map((term) =>
      term.key && kindOf(term.key) === 'template' ? { ...term, value: publicTemplate(term.value) } : term,
    ),
  );
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const [offers, setOffers] = useState<Completion[]>([]);
  const [current, setCurrent] = useState(-1);
  const [problems, setProblems] = useState<(Problem & { text: string })[]>([]);

  const offer = () => {
    const box = input.current;
    if (!box) return;
    setOffers(completionsAt(box.value, box.selectionStart ?? box.value.length, vocabulary));
    setCurrent(-1);
  };
  const close = () => {
    setOffers([]);
    setCurrent(-1);
  };
  const take = ({ from, to, text }: Completion) => {
    const box = input.current;
    if (!box) return;
    box.setRangeText(text, from, to, 'end');
    box.focus();
    offer();
  };
  const submit = (form: FormData) => {
    const text = String(form.get('search') ?? '');
    const { terms, problems: unread } = parseSearch(text);
    const unknown = terms.flatMap((term): Problem[] => {
      const kind = term.key && kindOf(term.key);
      if ((kind !== 'app' && kind !== 'connection') || idOfName(term.value, among[kind])) return [];
      return [{ at: text.indexOf(term.value), length: term.value.length, message: `No ${kind} has this name.` }];
    });
    const found = [...unread, ...unknown].map((each) => ({
      ...each,
      text: text.slice(each.at, each.at + each.length),
    }));
    setProblems(found);
    close();
    if (found.length > 0) {
      const [{ at, length } = { at: 0, length: 0 }] = found;
      input.current?.setSelectionRange(at, at + length);
      return;
    }
    startTransition(() => search(form));
  };

  return (
    <search className="block w-full">
      {/* The action serves browsers before their scripts have run; afterwards React would empty the box when it is done. */}
      <form
        action={search}
        onSubmit={(event) => {
          event.preventDefault();
          submit(new FormData(event.currentTarget));
        }}
        className="relative"
        aria-busy={isPending}
      >
        <input type="hidden" name="view" value={address} />
        <input type="hidden" name="path" value={path} />
        <Search
          aria-hidden="true"
          className="pointer-events-none absolute top-4.5 left-2.5 z-10 size-3.5 -translate-y-1/2 text-ink-3 sm:top-4"
        />
        <Input
          key={written}
          ref={input}
          name="search"
          type="text"
          enterKeyHint="search"
          data-search=""
          role="combobox"
          aria-label="Search: key:value, or paste an id or a full number"
          aria-expanded={offers.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={current >= 0 ? `${listId}-${current}` : undefined}
          aria-invalid={problems.length > 0 || undefined}
          aria-describedby={problems.length > 0 ? `${listId}-problems` : undefined}
          placeholder="status:expired -country:BR, or paste any id, reference or +number"
          defaultValue={written}
          maxLength={500}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onInput={offer}
          onClick={offer}
          onBlur={close}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && offers.length > 0) {
              event.preventDefault();
              close();
            } else if (event.key === 'Escape') {
              // Out of the box, so that J, K and G are keys again and not letters.
              event.currentTarget.blur();
            } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
              event.preventDefault();
              if (offers.length === 0) return offer();
              const step = event.key === 'ArrowDown' ? 1 : -1;
              setCurrent((at) => (at + step + offers.length + (at === -1 && step === -1 ? 1 : 0)) % offers.length);
            } else if ((event.key === 'Enter' || event.key === 'Tab') && current >= 0) {
              const chosen = offers[current];
              if (!chosen) return;
              event.preventDefault();
              take(chosen);
            }
          }}
          className={classNames('num pr-8 pl-8 transition-opacity', isPending && 'opacity-60')}
        />
        <Kbd className="pointer-events-none absolute top-4.5 right-1.5 hidden -translate-y-1/2 sm:top-4 sm:inline-flex">
          /
        </Kbd>
        <ul
          id={listId}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the popup of a combobox (ARIA 1.2).
          role="listbox"
          aria-label="Completions"
          hidden={offers.length === 0}
          className="absolute top-full right-0 left-0 z-40 mt-1 max-h-72 max-w-xl animate-arrive overflow-y-auto rounded-control border border-line-strong bg-raised p-1 shadow-lift"
        >
          {offers.map((each, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the focus stays in the box, which handles the keys.
            <li
              key={each.text}
              id={`${listId}-${index}`}
              // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: as above.
              role="option"
              aria-selected={index === current}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(each)}
              className={classNames(
                'flex min-h-8 cursor-pointer items-center gap-3 rounded-tag px-2 text-sm',
                index === current ? 'bg-hover' : 'hover:bg-hover',
              )}
            >
              <span className="num">{each.label}</span>
              <span className="truncate text-ink-3 text-xs">{each.hint}</span>
            </li>
          ))}
        </ul>
        {problems.length > 0 ? (
          <div id={`${listId}-problems`} role="alert">
            <ul className="mt-1.5 flex flex-col gap-0.5 text-bad text-xs">
              {problems.slice(0, 4).map((problem) => (
                <li key={`${problem.at}${problem.message}`}>
                  <button
                    type="button"
                    className="num underline decoration-dotted underline-offset-2"
                    onClick={() => {
                      input.current?.focus();
                      input.current?.setSelectionRange(problem.at, problem.at + problem.length);
                    }}
                  >
                    {problem.text.slice(0, 40)}
                  </button>{' '}
                  {problem.message}
                </li>
              ))}
            </ul>
          </div>
        ) : null}
      </form>
    </search>
  );
}
