import { spaced } from '@/components/console/words';
import { Badge, type BadgeTone } from '@/components/ui/badge';

const STATUS: Readonly<Record<string, [word: string, tone: BadgeTone]>> = {
  approved: ['approved', 'good'],
  pending: ['in review', 'wait'],
  rejected: ['rejected', 'bad'],
  paused: ['paused', 'warn'],
  disabled: ['disabled', 'bad'],
};

export function TemplateStatus({ status }: { status: string }) {
  const [word, tone] = STATUS[status] ?? [status, 'neutral'];
  return <Badge tone={tone}>{word}</Badge>;
}

const names = new Intl.DisplayNames('en', { type: 'language' });

/** pt_BR → Brazilian Portuguese. */
export const languageName = (locale: string): string => names.of(locale.replace('_', '-')) ?? locale;

/** What the person who made it calls a use case; null is a template for all that have none of their own. */
export function wordOfUseCase(useCase: string | null, policies: ReadonlyMap<string, { name: string }>): string {
  return useCase === null ? 'every other' : (policies.get(useCase)?.name ?? spaced(useCase));
}

export const BUTTON_WORDS: Readonly<Record<string, string>> = {
  copy_code: 'Copy code',
  one_tap: 'One-tap autofill',
  zero_tap: 'Zero-tap autofill',
};
