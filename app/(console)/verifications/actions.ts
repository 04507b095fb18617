'use server';

import { redirect } from 'next/navigation';
import { sealNumber } from '@/lib/auth/sealed-number';
import { requireUser } from '@/lib/auth/session';
import { hrefWith, loadView } from './search-params';

/** One box for everything: an id opens its verification, a number is looked up by its keyed hash, anything else is a reference. */
export async function search(form: FormData): Promise<void> {
  await requireUser('verifications:read');
  const wanted = String(form.get('search') ?? '')
    .trim()
    .slice(0, 200);
  const view = loadView(new URLSearchParams(String(form.get('view') ?? '').slice(0, 4000)));
  const clean = { ...view, number: null, reference: null };
  if (/^vrf_[0-9a-f]{32}$/.test(wanted)) redirect(`/verifications/${wanted}`);
  if (wanted === '') redirect(hrefWith(clean, {}));

  const digits = wanted.replaceAll(/[\s().-]/g, '').replace(/^00/, '+');
  if (/^\+\d{7,15}$/.test(digits)) redirect(hrefWith(clean, { number: sealNumber(digits) }));
  redirect(hrefWith(clean, { reference: wanted }));
}
