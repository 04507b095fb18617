'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { addConnection } from '@/lib/operations/connections/add';
import { editConnection } from '@/lib/operations/connections/edit';
import { endCredentialsOverlap } from '@/lib/operations/connections/end-overlap';
import { rotateConnectionCredentials } from '@/lib/operations/connections/rotate';
import { setConnectionUse } from '@/lib/operations/connections/set-enabled';
import { testConnection } from '@/lib/operations/connections/test';
import { trimmedOf } from '../../../form-text';

export type ConnectionState = {
  /** What was typed, secrets left out: they are never sent back. */
  typed: Readonly<Record<string, string>>;
  errors: Readonly<Record<string, string>>;
  message: string | null;
  tone: 'bad' | 'good' | 'note';
  /** The new address leads to another server: its credentials have to be entered. */
  asksCredentials?: boolean;
};

const text = (form: FormData, name: string) => trimmedOf(form, name, 4_000);

/** `settings.waba_id` → `{waba_id}`; empty fields are left out. */
function part(form: FormData, prefix: string): Record<string, string> {
  return Object.fromEntries(
    [...form.entries()].flatMap(([name, value]) =>
      name.startsWith(`${prefix}.`) && typeof value === 'string' && value.trim() !== ''
        ? [[name.slice(prefix.length + 1), value.trim().slice(0, 4_000)]]
        : [],
    ),
  );
}

const typedOf = (form: FormData): Record<string, string> =>
  Object.fromEntries(
    [...form.entries()].flatMap(([name, value]) =>
      typeof value === 'string' && !name.startsWith('credentials.') && !name.startsWith('$')
        ? [[name, value.slice(0, 500)]]
        : [],
    ),
  );

function refusedBy(error: unknown, form: FormData): ConnectionState {
  if (!isRefusal(error)) throw error;
  const said = wordsOf(error);
  // The provider was chosen on the page before, and credentials as a whole are many fields: no field here to say it at.
  const param = error.param === 'provider' || error.param === 'credentials' ? undefined : error.param;
  return {
    typed: typedOf(form),
    errors: param ? { [param]: said } : {},
    message: param ? 'Look at what is marked. Secrets have to be entered again.' : said,
    tone: 'bad',
  };
}

export async function add(_previous: ConnectionState, form: FormData): Promise<ConnectionState> {
  const user = await requireUser('connections:manage');
  let id: string;
  try {
    ({ id } = await addConnection(user, {
      provider: text(form, 'provider'),
      name: text(form, 'name'),
      baseUrl: text(form, 'base_url') || null,
      settings: part(form, 'settings'),
      credentials: part(form, 'credentials'),
      priceRule: text(form, 'price_rule'),
    }));
  } catch (error: unknown) {
    return refusedBy(error, form);
  }
  revalidatePath('/config', 'layout');
  redirect(`/config/connections/${id}`);
}

export async function edit(previous: ConnectionState, form: FormData): Promise<ConnectionState> {
  const user = await requireUser('connections:manage');
  const connectionId = text(form, 'connection');
  try {
    await editConnection(user, {
      connectionId,
      name: text(form, 'name'),
      baseUrl: text(form, 'base_url') || null,
      settings: part(form, 'settings'),
      credentials: part(form, 'credentials'),
      priceRule: text(form, 'price_rule'),
    });
  } catch (error: unknown) {
    const asks = previous.asksCredentials === true || (isRefusal(error) && error.param === 'credentials');
    return { ...refusedBy(error, form), asksCredentials: asks };
  }
  revalidatePath('/config', 'layout');
  return { typed: {}, errors: {}, message: 'Saved, for the next code on.', tone: 'good' };
}

export async function rotate(_previous: ConnectionState, form: FormData): Promise<ConnectionState> {
  const user = await requireUser('connections:manage');
  const connectionId = text(form, 'connection');
  let isNew: boolean;
  try {
    ({ isNew } = await rotateConnectionCredentials(user, { connectionId, credentials: part(form, 'credentials') }));
  } catch (error: unknown) {
    return refusedBy(error, form);
  }
  revalidatePath('/config', 'layout');
  return {
    typed: {},
    errors: {},
    message: isNew
      ? 'The new credentials are in use. Callbacks signed with those from before are believed until you end that.'
      : 'These are the credentials in use already. They were sealed anew; nothing else has changed.',
    tone: 'good',
  };
}

export async function endOverlap(_previous: ConnectionState, form: FormData): Promise<ConnectionState> {
  const user = await requireUser('connections:manage');
  try {
    await endCredentialsOverlap(user, { connectionId: text(form, 'connection') });
  } catch (error: unknown) {
    return refusedBy(error, form);
  }
  revalidatePath('/config', 'layout');
  return { typed: {}, errors: {}, message: 'Only the new credentials are believed now.', tone: 'good' };
}

export async function test(_previous: ConnectionState, form: FormData): Promise<ConnectionState> {
  const user = await requireUser('connections:manage');
  try {
    const { isGood, detail, tookMs } = await testConnection(user, { connectionId: text(form, 'connection') });
    const took = tookMs > 0 ? ` (${tookMs} ms)` : '';
    return {
      typed: {},
      errors: {},
      message: isGood === null ? detail : isGood ? `It works. ${detail}${took}` : `It does not work. ${detail}${took}`,
      tone: isGood === null ? 'note' : isGood ? 'good' : 'bad',
    };
  } catch (error: unknown) {
    return refusedBy(error, form);
  }
}

export async function setUse(_previous: ConnectionState, form: FormData): Promise<ConnectionState> {
  const user = await requireUser('connections:manage');
  const enabled = text(form, 'enabled') === 'yes';
  try {
    await setConnectionUse(user, { connectionId: text(form, 'connection'), enabled });
  } catch (error: unknown) {
    return refusedBy(error, form);
  }
  revalidatePath('/config', 'layout');
  return {
    typed: {},
    errors: {},
    message: enabled ? 'It takes part in routing again.' : 'No new code goes through it.',
    tone: 'good',
  };
}
