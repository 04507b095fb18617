/** One authentication template in one language. */
export type MetaTemplate = {
  id: string;
  wabaId: string;
  name: string;
  language: string;
  status: 'APPROVED' | 'PENDING' | 'REJECTED' | 'PAUSED' | 'DISABLED';
  isSecured: boolean;
  expirationMinutes: number | null;
  ttlSeconds: number | null;
  otpType: 'COPY_CODE' | 'ONE_TAP' | 'ZERO_TAP';
  buttonText: string | null;
  autofillText: string | null;
  supportedApps: { package_name: string; signature_hash: string }[];
};

/** Meta's own limit per business account (subcode 2388019 above it). */
export const TEMPLATES_PER_WABA_MAX = 250;

/** Meta's default for authentication templates: ten minutes. */
export const DEFAULT_TTL_SECONDS = 600;

/** How the review of a template ends: a name with `reject` in it is refused, so that both ends can be tried. */
export const verdictOn = ({ name }: Pick<MetaTemplate, 'name'>): MetaTemplate['status'] =>
  name.includes('reject') ? 'REJECTED' : 'APPROVED';

/** Seconds after which an undelivered message is dropped; null for never. */
export const ttlOf = ({ ttlSeconds }: Pick<MetaTemplate, 'ttlSeconds'>): number | null =>
  ttlSeconds === -1 ? null : (ttlSeconds ?? DEFAULT_TTL_SECONDS);

/** Templates of all business accounts. Names and languages are unique per account. */
export class MetaTemplates {
  readonly #byId = new Map<string, MetaTemplate>();
  readonly #idByName = new Map<string, string>();
  #made = 0;

  find(wabaId: string, name: string, language: string): MetaTemplate | null {
    return this.byId(this.#idByName.get(nameKey(wabaId, name, language)) ?? '');
  }

  byId(id: string): MetaTemplate | null {
    return this.#byId.get(id) ?? null;
  }

  of(wabaId: string): MetaTemplate[] {
    return [...this.#byId.values()].filter((template) => template.wabaId === wabaId);
  }

  /** Adds the template, or replaces the one with the same account, name and language and keeps its id. */
  put(template: Omit<MetaTemplate, 'id'>): MetaTemplate {
    const known = this.find(template.wabaId, template.name, template.language);
    this.#made += 1;
    const id = known?.id ?? String(954_600_000_000_000 + this.#made);
    const stored = { ...template, id };
    this.#byId.set(id, stored);
    this.#idByName.set(nameKey(template.wabaId, template.name, template.language), id);
    return stored;
  }

  remove(id: string): void {
    const template = this.#byId.get(id);
    if (!template) return;
    this.#byId.delete(id);
    this.#idByName.delete(nameKey(template.wabaId, template.name, template.language));
  }
}

const nameKey = (wabaId: string, name: string, language: string): string => `${wabaId} ${name} ${language}`;
