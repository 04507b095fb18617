'use server';

import { redirect } from 'next/navigation';
import { sealNumber } from '@/lib/auth/sealed-number';
import { requireUser } from '@/lib/auth/session';
import { idOfName, renamed } from '@/lib/domain/search/complete';
import { fullNumber, kindOf, parseSearch, type Term } from '@/lib/domain/search/language';
import { currentConfiguration } from '@/lib/operations/configuration/snapshot';
import { findAnything, idTermOf, numberOf } from '@/lib/operations/verifications/find';
import { textOf } from '../../form-text';
import { hrefWith, loadView, type View } from './search-params';
import { withTerms } from './terms';

/** Where the box stands: the list, or the tail. */
const PATHS = ['/verifications', '/live'];

/** One box for everything. A single thing that was pasted leads to its verification; anything else becomes the view. */
export async function search(form: FormData): Promise<void> {
  const user = await requireUser('verifications:read');
  const { terms } = parseSearch(textOf(form, 'search', 4_000), (text) => numberOf(text) !== null);
  const view = loadView(new URLSearchParams(textOf(form, 'view', 4_000)));
  const path = PATHS.find((each) => each === form.get('path')) ?? '/verifications';
  const [only] = terms;
  if (terms.length === 1 && only && !only.isExcluded && (only.key === null || only.key === 'id')) {
    const found = await findAnything(user, only.value);
    if (found.kind === 'verification') redirect(`/verifications/${found.id}`);
    if (found.kind === 'reference') redirect(hrefWith(await viewWith(view, [{ ...only, key: 'reference' }]), {}, path));
  }
  redirect(hrefWith(await viewWith(view, terms), {}, path));
}

/** The palette's: where something pasted leads; null when nothing is known by that name. */
export async function find(pasted: string): Promise<string | null> {
  const user = await requireUser('verifications:read');
  const found = await findAnything(user, String(pasted).slice(0, 200));
  if (found.kind === 'verification') return `/verifications/${found.id}`;
  if (found.kind === 'number') {
    return hrefWith(loadView(new URLSearchParams()), { number: [sealNumber(found.number)] });
  }
  const none = loadView(new URLSearchParams());
  if (found.kind === 'reference') return hrefWith(none, { reference: [found.reference] });
  const id = idTermOf(String(pasted));
  if (id) return hrefWith(await viewWith(none, [id]), {});
  return null;
}

/** The view that a search text asks for: names become ids, numbers are sealed, other bare words are references. */
async function viewWith(view: View, terms: readonly Term[]): Promise<View> {
  const { apps, connections, templates } = await currentConfiguration();
  const among = { app: [...apps.values()], connection: [...connections.values()] };
  const kept: Term[] = [];
  const sealed: Record<'number' | '-number', string[]> = { number: [], '-number': [] };
  for (const term of renamed(terms, (key, value) => idOfName(value, among[key]) ?? '')) {
    const number = term.key === 'to' ? fullNumber(term.value) : term.key === null ? numberOf(term.value) : null;
    const id = term.key === null ? idTermOf(term.value) : kindOf(term.key) === 'template' ? term : null;
    if (number) sealed[term.isExcluded ? '-number' : 'number'].push(sealNumber(number));
    else if (id?.key && kindOf(id.key) === 'template') {
      // Messages keep the name that a WhatsApp template has at its provider, not our id of it.
      const named = templates.find((each) => each.id === id.value)?.providerName;
      kept.push({ ...id, value: named ?? id.value });
    } else if (id) kept.push(id);
    else if (term.key === null) kept.push({ ...term, key: 'reference' });
    else if (term.value !== '') kept.push(term);
  }
  const next = withTerms(view, kept);
  // A number cannot be shown in the box, so what the box does not say of numbers stays as it is.
  return {
    ...next,
    number: sealed.number.length > 0 ? sealed.number : view.number,
    '-number': sealed['-number'].length > 0 ? sealed['-number'] : view['-number'],
  };
}
