import type { TextEntity } from '@/lib/domain/configuration/entities';
import { matchLocale } from '@/lib/domain/template/locale';
import type { TrafficCell } from '@/lib/operations/configuration/traffic';
import type { TemplateGroup } from '@/lib/operations/templates/list';

export type LanguageGap = {
  locale: string;
  verifications: number;
  /** The approved locale that people get, or null. */
  whatsapp: string | null;
  sms: string | null;
};

/** Languages that people were asked in, gaps first, then by traffic. */
export function gapsOf(
  traffic: readonly TrafficCell[] | null,
  groups: readonly TemplateGroup[],
  texts: readonly Pick<TextEntity, 'channel' | 'locale'>[],
): LanguageGap[] {
  const approved = groups
    .filter(({ isInUse }) => isInUse)
    .flatMap(({ languages }) => languages.filter(({ status }) => status === 'approved').map(({ locale }) => locale));
  const sms = texts.filter(({ channel }) => channel === 'sms').map(({ locale }) => locale);
  const sums = new Map<string, number>();
  for (const { locale, verifications } of traffic ?? []) sums.set(locale, (sums.get(locale) ?? 0) + verifications);
  const isWhole = (gap: LanguageGap) => gap.whatsapp !== null && gap.sms !== null;
  return [...sums]
    .map(([locale, verifications]) => ({
      locale,
      verifications,
      whatsapp: matchLocale([locale], approved),
      sms: matchLocale([locale], sms),
    }))
    .sort((a, b) => Number(isWhole(a)) - Number(isWhole(b)) || b.verifications - a.verifications);
}
