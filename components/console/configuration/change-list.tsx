import { ArrowRight, ChevronRight, Minus, Plus } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import {
  byEntity,
  entityWords,
  FIELD_WORDS,
  inheritedValue,
  valueWords,
} from '@/components/console/configuration/change-words';
import { Flag } from '@/components/console/country';
import { CHANNEL_WORDS } from '@/components/console/words';
import { Badge } from '@/components/ui/badge';
import { classNames } from '@/components/ui/class-names';
import type { Channel } from '@/lib/domain/channel';
import type { Change, Entities, Json } from '@/lib/domain/configuration/entities';

/** A diff for people: one entry of the configuration at a time, each field with what it was and what it becomes. */
export function ChangeList({
  changes,
  entities,
  undo,
}: {
  changes: readonly Change[];
  /** To name the entries by; the state after the changes. */
  entities: Entities;
  /** A control that takes one entry's changes back. */
  undo?: (entity: string) => ReactNode;
}) {
  return (
    <ul className="divide-y divide-line">
      {groupsOf(byEntity(changes), entities).map((group) =>
        group.length < FOLDED_FROM ? (
          group.map(([entity, list]) => <Entry key={entity} {...{ entity, list, entities, undo }} />)
        ) : (
          <Fold key={group[0]?.[0]} group={group} entities={entities}>
            <ul className="divide-y divide-line border-line border-t">
              {group.map(([entity, list]) => (
                <Entry key={entity} {...{ entity, list, entities, undo }} />
              ))}
            </ul>
          </Fold>
        ),
      )}
    </ul>
  );
}

type Entries = ReturnType<typeof byEntity>;

/** A pack brings its sentence in every language at once: so many of one kind are one line that opens. */
const FOLDED_FROM = 4;

/** Texts of one channel and use case that come or go whole stand together, where the first of them stood; all else stands alone. */
function groupsOf(entries: Entries, entities: Entities): Entries[] {
  const groups = new Map<string, Entries>();
  for (const entry of entries) {
    const [entity, list] = entry;
    const [change] = list;
    const isWhole = entity.startsWith('texts/') && change?.field === null;
    const { channel, useCase } = { ...entities, ...wholeBefore(entity, list) }[entity] ?? {};
    const key = isWhole ? `${channel} ${useCase} ${change.after === null}` : entity;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}

function Fold({ group, entities, children }: { group: Entries; entities: Entities; children: ReactNode }) {
  const texts = group.map(([entity, list]) => ({ ...entities, ...wholeBefore(entity, list) })[entity]);
  const sample = texts.find((text) => text?.locale === 'en') ?? texts[0];
  const change = group[0]?.[1][0];
  const useCase = String(entities[`policies/${sample?.useCase}`]?.name ?? sample?.useCase ?? 'every other use case');
  return (
    <li>
      <details className="group">
        <summary className="grid list-none grid-cols-[minmax(0,1fr)] gap-y-1 px-4 py-3 -outline-offset-2 hover:bg-hover [&::-webkit-details-marker]:hidden">
          <span className="flex min-h-7 flex-wrap items-center gap-x-2">
            <ChevronRight
              aria-hidden="true"
              className="size-3.5 text-ink-3 transition-transform duration-100 group-open:rotate-90"
            />
            <span className="font-medium text-sm">
              {CHANNEL_WORDS[sample?.channel as Channel]} · {useCase}
            </span>
            <span className="text-ink-3 text-xs">Texts in {group.length} languages</span>
          </span>
          {change ? (
            <span className="flex min-w-0 items-baseline gap-x-2 gap-y-0.5 pl-[1.375rem] text-sm max-sm:flex-wrap">
              <Difference change={sampleChange(change, sample)} entities={entities} />
            </span>
          ) : null}
        </summary>
        {children}
      </details>
    </li>
  );
}

/** The change of the language that is shown for all. */
const sampleChange = (change: Change, sample: Json | undefined): Change =>
  change.after === null ? { ...change, before: sample ?? null } : { ...change, after: sample ?? null };

function Entry({
  entity,
  list,
  entities,
  undo,
}: {
  entity: string;
  list: Change[];
  entities: Entities;
  undo: ((entity: string) => ReactNode) | undefined;
}) {
  const named = { ...entities, ...wholeBefore(entity, list) };
  const { title, kind, href } = entityWords(entity, named);
  const country = /^routes\/country:([A-Z]{2})$/.exec(entity)?.[1];
  return (
    <li className="px-4 py-3">
      <div className="flex min-h-7 items-center gap-2">
        {country ? <Flag country={country} /> : null}
        <Link href={href} prefetch={false} className="font-medium text-sm hover:underline">
          {title}
        </Link>
        <span className="text-ink-3 text-xs">{kind}</span>
        {undo ? <span className="-mr-2 ml-auto">{undo(entity)}</span> : null}
      </div>
      <dl className="mt-1 grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-1 sm:grid-cols-[11rem_minmax(0,1fr)]">
        {list.map((change) => (
          <div key={change.field ?? ''} className="contents text-sm">
            <dt className="text-ink-3">
              {change.field === null
                ? change.before === null
                  ? 'New'
                  : 'Deleted'
                : (FIELD_WORDS[change.field] ?? change.field)}
            </dt>
            <dd className="mb-1.5 flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-0.5 sm:mb-0">
              <Difference change={change} entities={entities} />
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

/** An entity that goes is named by what it was. */
function wholeBefore(entity: string, changes: readonly Change[]): Entities {
  const gone = changes.find(({ field, after }) => field === null && after === null);
  return gone ? { [entity]: gone.before as Entities[string] } : {};
}

function Difference({ change, entities }: { change: Change; entities: Entities }) {
  const kind = change.entity.slice(0, change.entity.indexOf('/'));
  if (change.field === null) {
    const isNew = change.before === null;
    return (
      <>
        <Badge tone={isNew ? 'good' : 'bad'}>
          {isNew ? <Plus aria-hidden="true" /> : <Minus aria-hidden="true" />}
          {isNew ? 'added' : 'deleted'}
        </Badge>
        <Value value={isNew ? change.after : change.before} field={null} kind={kind} tone={isNew ? 'new' : 'old'} />
      </>
    );
  }
  const inherited = kind === 'routes' ? inheritedValue(change.entity, change.field, entities) : null;
  return (
    <>
      <Value value={change.before} field={change.field} kind={kind} tone="old" inherited={inherited} />
      <ArrowRight aria-label="becomes" className="size-3.5 shrink-0 self-center text-ink-3" />
      <Value value={change.after} field={change.field} kind={kind} tone="new" inherited={inherited} />
    </>
  );
}

export function Value({
  value,
  field,
  kind,
  tone,
  inherited = null,
}: {
  value: Json;
  field: string | null;
  kind: string;
  tone: 'old' | 'new' | 'plain';
  /** What holds when the value is null and the field inherits. */
  inherited?: Json;
}) {
  const isInherited = value === null && inherited !== null;
  const words = isInherited ? `inherits ${valueWords(field, inherited, kind)}` : valueWords(field, value, kind);
  const isText = field === 'text' || field === 'subject' || field === 'coverageSource';
  return (
    <span
      className={classNames(
        'min-w-0 break-words',
        isText ? 'whitespace-pre-wrap' : 'num',
        tone === 'old' && 'text-ink-3 line-through decoration-ink-3/50',
        tone === 'new' && 'font-medium text-ink',
        value === null && 'font-normal text-ink-3 italic no-underline',
      )}
    >
      {words}
    </span>
  );
}
