/**
 * A PEM text as shells, environment files and one-line fields hand it over: its line breaks written out as \n, turned into
 * spaces, or lost. What is no PEM stays as it is, for the schema to judge.
 */
export function repairPem(entered: string): string {
  return entered
    .replaceAll('\\n', '\n')
    .trim()
    .replaceAll(
      /(-----BEGIN [A-Z ]{1,40}-----)([A-Za-z0-9+/=\s]+)(-----END [A-Z ]{1,40}-----)/g,
      (_, begin: string, body: string, end: string) => {
        const lines = body.replaceAll(/\s+/g, '').match(/.{1,64}/g) ?? [];
        return [begin, ...lines, end].join('\n');
      },
    );
}
