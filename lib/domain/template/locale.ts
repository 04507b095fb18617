/**
 * Locales are compared in one spelling: language in lower case, region in upper case, joined by `_` (Meta's spelling).
 * `pt-br`, `PT_BR` and `pt_BR` are one.
 */
export function normaliseLocale(locale: string): string {
  const [language = '', region] = locale.replace(/-/g, '_').split('_');
  return region ? `${language.toLowerCase()}_${region.toUpperCase()}` : language.toLowerCase();
}

/**
 * The best of the available locales for a wish list, most wanted first.
 * For each wish: exact, then the bare language, then any region of that language; null when nothing fits.
 */
export function matchLocale(
  wishes: readonly (string | null | undefined)[],
  available: readonly string[],
): string | null {
  const spelled = new Map(available.map((locale) => [normaliseLocale(locale), locale]));
  for (const wish of wishes) {
    if (!wish) continue;
    const wanted = normaliseLocale(wish);
    const language = wanted.split('_')[0] ?? wanted;
    const exact = spelled.get(wanted) ?? spelled.get(language);
    if (exact) return exact;
    const sibling = [...spelled.keys()].sort().find((locale) => locale.startsWith(`${language}_`));
    if (sibling) return spelled.get(sibling) ?? null;
  }
  return null;
}
