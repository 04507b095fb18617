/** Meta writes `en_US` in the API and sometimes `en-US` in webhooks; we keep the API's spelling. */
export function toMetaLanguage(tag: string): string {
  return tag.replaceAll('-', '_');
}
