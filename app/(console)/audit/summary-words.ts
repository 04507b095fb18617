import { entityWords, FIELD_WORDS } from '@/components/console/configuration/change-words';
import { dateTime } from '@/components/console/format';
import { detailText, readDetail } from '@/lib/domain/audit/changes';

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** What an entry says in the line of its list: what changed, in the console's words, or its facts one after the other. The entry opens to all of it as it was noted. */
export function summaryWords(detail: Readonly<Record<string, unknown>>, timeZone: string): string {
  const { changes, rest } = readDetail(detail);
  if (changes.length > 0) {
    // The log notes the first of many: how many there were in all stands beside them.
    const n = typeof detail.changes_total === 'number' ? detail.changes_total : changes.length;
    return `${n} ${n === 1 ? 'change' : 'changes'}: ${pathWords(changes[0]?.path ?? '')}`;
  }
  return rest
    .map(([name, value]) => factWords(name, value, timeZone))
    .filter((words) => words !== '')
    .join(' · ');
}

/** `routes/country:UZ/sendsPerDayMax` → `Uzbekistan, Codes per day`; what is no path of the configuration stays as it is, in plain letters. */
export function pathWords(path: string): string {
  const [, entity, field] = /^((?:routes|policies|texts|limits)\/[^/ ]+)(?:[/ ](\w+))?$/.exec(path) ?? [];
  if (!entity) return FIELD_WORDS[path] ?? path.replaceAll('_', ' ');
  const { title, kind } = entityWords(entity, {});
  const name = entity.startsWith('texts/') ? kind : title;
  return field ? `${name}, ${FIELD_WORDS[field] ?? field}` : name;
}

function factWords(name: string, value: unknown, timeZone: string): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'string' && MOMENT.test(value)) return `${plain(name)} ${dateTime(new Date(value), timeZone)}`;
  if (typeof value === 'boolean' || typeof value === 'number') return `${plain(name)} ${detailText(value)}`;
  const text = detailText(value);
  // A whole thing within the detail is read where the entry opens.
  return typeof value === 'object' && text.startsWith('{') ? '' : isWord(text) ? plain(text) : text;
}

const plain = (name: string) => name.replaceAll('_', ' ');
/** A kind or a reason (`delivery_drop`), not an id, an address or the name of a template. */
const isWord = (text: string) => /^[a-z]+(_[a-z]+)+$/.test(text);
