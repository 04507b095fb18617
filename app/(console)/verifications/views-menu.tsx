'use client';

import { Bookmark, BookmarkPlus, Settings2 } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useActionState, useEffect, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu';
import { SubmitButton } from '@/components/ui/submit-button';
import type { SavedView } from '@/lib/contract/views';
import { VIEW } from '@/lib/domain/search/saved-view';
import { changeSavedView, saveCurrentView, type ViewState } from './view-actions';

const IDLE: ViewState = { kind: 'idle' };

/** Searches under a name: one's own, the team's, and ways to keep and to tidy them. */
export function ViewsMenu({
  views,
  mayShare,
  hasNumber,
}: {
  views: SavedView[];
  mayShare: boolean;
  hasNumber: boolean;
}) {
  const [open, setOpen] = useState<'save' | 'manage' | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const mine = views.filter(({ isMine }) => isMine);
  const team = views.filter(({ isMine }) => !isMine);
  return (
    <>
      <Menu
        align="end"
        className="w-64"
        trigger={
          <Button ref={opener}>
            <Bookmark aria-hidden="true" className="size-3.5" /> Views
          </Button>
        }
      >
        <ViewItems title="Mine" views={mine} />
        <ViewItems title="Team" views={team} />
        {views.length > 0 ? <MenuSeparator /> : null}
        <MenuItem onSelect={() => setOpen('save')}>
          <BookmarkPlus aria-hidden="true" className="size-4 text-ink-3" /> Save this view
        </MenuItem>
        {mine.length > 0 ? (
          <MenuItem onSelect={() => setOpen('manage')}>
            <Settings2 aria-hidden="true" className="size-4 text-ink-3" /> Rename, share, delete
          </MenuItem>
        ) : null}
      </Menu>
      <Dialog title="Save this view" isOpen={open === 'save'} returnTo={opener} onClose={() => setOpen(null)}>
        {open === 'save' ? <SaveForm mayShare={mayShare} hasNumber={hasNumber} onDone={() => setOpen(null)} /> : null}
      </Dialog>
      <Dialog
        title="My views"
        isOpen={open === 'manage' && mine.length > 0}
        returnTo={opener}
        onClose={() => setOpen(null)}
      >
        <ul className="flex flex-col gap-4">
          {mine.map((view) => (
            <ManageForm key={view.id} view={view} mayShare={mayShare} />
          ))}
        </ul>
      </Dialog>
    </>
  );
}

function ViewItems({ title, views }: { title: string; views: SavedView[] }) {
  if (views.length === 0) return null;
  return (
    <>
      <MenuLabel>{title}</MenuLabel>
      {views.map((view) => (
        <MenuItem key={view.id} asChild>
          <Link href={`/verifications?${view.query}`} prefetch={false}>
            <span className="min-w-0 flex-1 truncate">{view.name}</span>
            <span className="truncate text-2xs text-ink-3">
              {view.isMine ? (view.isShared ? 'shared' : '') : view.owner}
            </span>
          </Link>
        </MenuItem>
      ))}
    </>
  );
}

function SaveForm({ mayShare, hasNumber, onDone }: { mayShare: boolean; hasNumber: boolean; onDone: () => void }) {
  const address = useSearchParams().toString();
  const [state, submit] = useActionState(saveCurrentView, IDLE);
  const [name, setName] = useState('');
  const [isShared, setShared] = useState(false);
  useEffect(() => {
    if (state.kind === 'saved') onDone();
  }, [state, onDone]);
  return (
    <form action={submit} className="flex flex-col gap-4">
      <input type="hidden" name="address" value={address} />
      <div className="flex flex-col gap-1 text-sm">
        <label htmlFor="view-name">Name</label>
        <Input
          id="view-name"
          name="name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          required
          maxLength={VIEW.nameMax}
          autoComplete="off"
          placeholder="Expired in Brazil"
        />
      </div>
      {mayShare ? (
        <Checkbox
          name="is_shared"
          label="Share it with the team"
          checked={isShared}
          onChange={(event) => setShared(event.target.checked)}
        />
      ) : null}
      {hasNumber ? (
        <FormMessage tone="note">The number is not kept in the view, only the other filters.</FormMessage>
      ) : null}
      {state.kind === 'invalid' ? <FormMessage tone="bad">{state.message}</FormMessage> : null}
      <SubmitButton>Save the view</SubmitButton>
    </form>
  );
}

function ManageForm({ view, mayShare }: { view: SavedView; mayShare: boolean }) {
  const [state, submit] = useActionState(changeSavedView, IDLE);
  const [name, setName] = useState(view.name);
  const [isShared, setShared] = useState(view.isShared);
  return (
    <li className="border-line border-b pb-4 last:border-b-0 last:pb-0">
      <form action={submit} className="flex flex-col gap-2">
        <input type="hidden" name="id" value={view.id} />
        <Input
          name="name"
          aria-label={`Name of ${view.name}`}
          value={name}
          onChange={(event) => setName(event.target.value)}
          required
          maxLength={VIEW.nameMax}
        />
        <div className="flex flex-wrap items-center gap-2">
          {mayShare ? (
            <Checkbox
              name="is_shared"
              label="Shared"
              checked={isShared}
              onChange={(event) => setShared(event.target.checked)}
            />
          ) : null}
          <span className="ml-auto flex gap-2">
            <Button type="submit" size="small" tone="danger" name="act" value="remove" formNoValidate>
              Delete
            </Button>
            <Button type="submit" size="small" name="act" value="change">
              Save
            </Button>
          </span>
        </div>
        {state.kind === 'invalid' ? <FormMessage tone="bad">{state.message}</FormMessage> : null}
        {state.kind === 'saved' ? <FormMessage tone="good">Saved.</FormMessage> : null}
      </form>
    </li>
  );
}
