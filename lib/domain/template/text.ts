/**
 * The text of an SMS: `{code}`, `{brand}` and `{minutes}` filled in, then the autofill lines.
 * The Android line (SMS Retriever) is an 11-character hash on its own last line; the WebOTP line `@domain #code`
 * must be the last line as well, so the hash goes first when both are wanted.
 */
export function renderText(
  template: string,
  values: { code: string; brand: string; minutes: number; appHash: string | null; webDomain: string | null },
): string {
  const text = template.replace(/\{(code|brand|minutes)\}/g, (_, name: 'code' | 'brand' | 'minutes') =>
    String(values[name]),
  );
  const lines = [text];
  if (values.appHash) lines.push('', values.appHash);
  if (values.webDomain) lines.push('', `@${values.webDomain} #${values.code}`);
  return lines.join('\n');
}
