import { matchLocale } from '@/lib/domain/template/locale';

export type LanguageGap = {
  locale: string;
  verifications: number;
  /** The locale that people get, or null: none fits. */
  whatsapp: string | null;
  sms: string | null;
};

/** Languages that people were asked in against those that can be sent: gaps first, then by traffic. */
export function gapsOf(
  traffic: readonly { locale: string; verifications: number }[],
  sendable: { whatsapp: readonly string[]; sms: readonly string[] },
): LanguageGap[] {
  const sums = new Map<string, number>();
  for (const { locale, verifications } of traffic) sums.set(locale, (sums.get(locale) ?? 0) + verifications);
  const isWhole = (gap: LanguageGap) => gap.whatsapp !== null && gap.sms !== null;
  return [...sums]
    .map(([locale, verifications]) => ({
      locale,
      verifications,
      whatsapp: matchLocale([locale], sendable.whatsapp),
      sms: matchLocale([locale], sendable.sms),
    }))
    .sort((a, b) => Number(isWhole(a)) - Number(isWhole(b)) || b.verifications - a.verifications);
}
