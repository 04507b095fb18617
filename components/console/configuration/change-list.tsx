import { ArrowRight, Minus, Plus } from 'lucide-react';
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
import { Badge } from '@/components/ui/badge';
import { classNames } from '@/components/ui/class-names';
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
      {byEntity(changes).map(([entity, list]) => {
        const named = { ...entities, ...wholeBefore(entity, list) };
        const { title, kind, href } = entityWords(entity, named);
        const country = /^routes\/country:([A-Z]{2})$/.exec(entity)?.[1];
        return (
          <li key={entity} className="px-4 py-3">
            <div className="flex min-h-7 items-center gap-2">
              {country ? <Flag country={country} /> : null}
              <Link href={href} prefetch={false} className="font-medium text-sm hover:underline">
                {title}
              </Link>
              <span className="text-ink-3 text-xs">{kind}</span>
              {undo ? <span className="ml-auto">{undo(entity)}</span> : null}
            </div>
            <dl className="mt-1 grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-1 sm:grid-cols-[11rem_minmax(0,1fr)]">
              {list.map((change) => (
                <div key={change.field ?? ''} className="contents text-sm">
                  <dt className="text-ink-3">
                    {change.field === null
                      ? change.before === null
                        ? 'New'
                        : 'Taken away'
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
      })}
    </ul>
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
