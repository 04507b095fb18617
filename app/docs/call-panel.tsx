'use client';

import { Tabs } from 'radix-ui';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { classNames } from '@/components/ui/class-names';
import { CopyButton } from '@/components/ui/copy-button';
import { LANGUAGES, type Language } from './requests';

const Chosen = createContext<[Language, (language: Language) => void]>(['curl', () => {}]);

/** One choice of language for every call of the page. */
export function LanguageChoice({ children }: { children: ReactNode }) {
  return <Chosen value={useState<Language>('curl')}>{children}</Chosen>;
}

/** A call in each language, and the answer under it. */
export function CallPanel({
  title,
  requests,
  status,
  answer,
}: {
  title: string;
  requests: Record<Language, string>;
  status: number;
  answer: string;
}) {
  const [language, choose] = useContext(Chosen);
  return (
    <div className="min-w-0 overflow-hidden rounded-panel border border-line bg-surface">
      <Tabs.Root value={language} onValueChange={(value) => choose(value as Language)}>
        <div className="flex h-9 items-center justify-between border-line border-b pr-1 pl-3">
          <Tabs.List aria-label={`${title}: language`} className="flex gap-3">
            {LANGUAGES.map((name) => (
              <Tabs.Trigger
                key={name}
                value={name}
                className="h-9 border-transparent border-b-2 text-ink-3 text-xs transition-colors duration-100 hover:text-ink data-[state=active]:border-ink data-[state=active]:text-ink"
              >
                {name}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          <CopyButton value={requests[language]} label={`Copy the ${language} of: ${title}`} />
        </div>
        {LANGUAGES.map((name) => (
          <Tabs.Content key={name} value={name} tabIndex={-1}>
            <Code label={`${title} in ${name}`}>{requests[name]}</Code>
          </Tabs.Content>
        ))}
      </Tabs.Root>
      <div className="border-line border-t bg-sunken">
        <p className="px-4 pt-2.5 text-ink-3 text-xs">
          Answers <span className="num text-ink-2">{status}</span>
        </p>
        <Code label={`Answer to: ${title}`} isTall>
          {answer}
        </Code>
      </div>
    </div>
  );
}

/** A block that can be scrolled by keyboard. */
export function Code({ label, isTall = false, children }: { label: string; isTall?: boolean; children: string }) {
  return (
    <figure
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
      tabIndex={0}
      aria-label={label}
      className={classNames(
        'overflow-x-auto p-4 outline-accent focus-visible:outline-2',
        isTall && 'max-h-96 overflow-y-auto',
      )}
    >
      <pre className="font-mono text-ink text-xs leading-relaxed">{children}</pre>
    </figure>
  );
}
