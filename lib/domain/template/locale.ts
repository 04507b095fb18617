/**
 * Locales are compared in one spelling: language in lower case, region in upper case, joined by `_` (Meta's spelling).
 * `pt-br`, `PT_BR` and `pt_BR` are one. Of a longer tag (BCP 47) that is what is left: `zh-Hant-HK` is `zh_HK`, and a script without a region
 * stands for where it is written (`zh-Hant`: `zh_TW`).
 */
export function normaliseLocale(locale: string): string {
  const [language = '', ...rest] = locale.replace(/-/g, '_').split('_');
  // A single character begins an extension (`-u-hc-h12`), which says nothing of the language.
  const extension = rest.findIndex((part) => part.length === 1);
  const parts = extension === -1 ? rest : rest.slice(0, extension);
  const region = parts.find((part) => /^([A-Za-z]{2}|[0-9]{3})$/.test(part)) ?? regionOfScript(language, parts[0]);
  return region ? `${language.toLowerCase()}_${region.toUpperCase()}` : language.toLowerCase();
}

function regionOfScript(language: string, script: string | undefined): string | undefined {
  return script !== undefined && /^[A-Za-z]{4}$/.test(script)
    ? new Intl.Locale(`${language}-${script}`).maximize().region
    : undefined;
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
