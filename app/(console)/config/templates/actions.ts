'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { requireUser } from '@/lib/auth/session';
import type { NewTemplates } from '@/lib/contract/templates';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { type SubmissionOutcome, submitTemplates } from '@/lib/operations/templates/submit';
import { syncTemplates } from '@/lib/operations/templates/sync';
import { useTemplate as putTemplateInUse } from '@/lib/operations/templates/use';
import { trimmedOf } from '../../../form-text';

export type SubmitState = {
  typed: Readonly<Record<string, string>>;
  languages: readonly string[];
  errors: Readonly<Record<string, string>>;
  message: string | null;
  outcomes: readonly SubmissionOutcome[];
};

const text = (form: FormData, name: string) => trimmedOf(form, name, 1_000);

/** `com.example.app K8a/AINcGX7` a line. */
const appsOf = (lines: string) =>
  lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [packageName = '', signatureHash = ''] = line.split(/\s+/);
      return { packageName, signatureHash };
    });

const numberOf = (typed: string): number | null => (typed === '' ? null : Number(typed));

/** Submits one template in every chosen language; what each provider said stands beside it. */
export async function submit(_previous: SubmitState, form: FormData): Promise<SubmitState> {
  const user = await requireUser('templates:manage');
  const typed = Object.fromEntries(
    [...form.entries()].flatMap(([name, value]) =>
      typeof value === 'string' && name !== 'languages' && !name.startsWith('$') ? [[name, value.slice(0, 1_000)]] : [],
    ),
  );
  const languages = form.getAll('languages').map(String).slice(0, 100);
  const kind = text(form, 'button');
  const buttonText = text(form, 'button_text');
  const apps = appsOf(text(form, 'apps'));
  const base = buttonText === '' ? {} : { text: buttonText };
  const button =
    kind === 'one_tap'
      ? { kind, ...base, apps }
      : kind === 'zero_tap'
        ? { kind, ...base, apps, termsAccepted: text(form, 'terms') === 'on' }
        : { kind: 'copy_code', ...base };
  const input = {
    connectionId: text(form, 'connection'),
    name: text(form, 'name'),
    useCase: text(form, 'use_case') || null,
    languages,
    options: {
      addSecurityRecommendation: text(form, 'security') === 'on',
      codeExpirationMinutes: numberOf(text(form, 'minutes')),
      ttlSeconds: numberOf(text(form, 'ttl')),
      button,
    },
  } as NewTemplates;
  try {
    const outcomes = await submitTemplates(user, input);
    revalidatePath('/config', 'layout');
    if (outcomes.every(({ outcome }) => outcome !== 'refused' && outcome !== 'unknown')) {
      const query = new URLSearchParams({ connection: input.connectionId, submitted: String(outcomes.length) });
      redirect(`/config/templates/${encodeURIComponent(input.name)}?${query}`);
    }
    return { typed, languages, errors: {}, message: null, outcomes };
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    const said = wordsOf(error);
    const param = error.param ?? '';
    return { typed, languages, errors: param ? { [param]: said } : {}, message: param ? null : said, outcomes: [] };
  }
}

export type DeskState = { message: string | null; tone: 'good' | 'bad' };

export async function sync(_previous: DeskState, form: FormData): Promise<DeskState> {
  const user = await requireUser('templates:manage');
  try {
    const outcome = await syncTemplates(user, { connectionId: text(form, 'connection') });
    revalidatePath('/config', 'layout');
    return outcome.kind === 'synced'
      ? {
          tone: 'good',
          message: `${outcome.known} known${outcome.found > 0 ? `, ${outcome.found} new to us` : ''}.`,
        }
      : { tone: 'bad', message: outcome.detail };
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { tone: 'bad', message: wordsOf(error) };
  }
}

export async function use(_previous: DeskState, form: FormData): Promise<DeskState> {
  const user = await requireUser('templates:manage');
  try {
    await putTemplateInUse(user, {
      connectionId: text(form, 'connection'),
      name: text(form, 'name'),
      useCase: text(form, 'use_case') || null,
    });
  } catch (error: unknown) {
    if (!isRefusal(error)) throw error;
    return { tone: 'bad', message: wordsOf(error) };
  }
  revalidatePath('/config', 'layout');
  return { tone: 'good', message: 'In use from the next code on.' };
}
