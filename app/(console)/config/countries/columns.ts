import { SHEET_COLUMNS, type SheetColumn } from '@/lib/domain/configuration/sheet';

/** At 1440 px everything that can be steered stands on the screen, down to the coverage. */
const LOOKS: Readonly<Record<SheetColumn, { title: string; width: number; hint: string }>> = {
  mode: {
    title: 'Mode',
    width: 112,
    hint: 'Automatic: we decide. User choice: the app shows buttons. Blocked: no codes.',
  },
  channels: {
    title: 'Channels',
    width: 176,
    hint: 'In order. The next one goes out when the one before fails or stays silent.',
  },
  fallbackOnFailed: {
    title: 'On failed',
    width: 76,
    hint: 'The next channel at once when a send is refused or a receipt says failed.',
  },
  fallbackAfterSeconds: {
    title: 'After',
    width: 68,
    hint: 'Seconds without “delivered” until the next channel goes out. 15 to 60 is usual.',
  },
  defaultLocale: { title: 'Language', width: 80, hint: 'When neither the request nor the app says one.' },
  priceWhatsapp: { title: 'WhatsApp $', width: 92, hint: 'US dollars per message.' },
  priceSms: { title: 'SMS $', width: 84, hint: 'US dollars per segment of a text.' },
  sendsPerDayMax: { title: 'Codes a day', width: 92, hint: 'Cap on codes per UTC day. 0 is no cap.' },
  spendPerDayMaxMicros: {
    title: '$ a day',
    width: 76,
    hint: 'Cap on spend per UTC day, US dollars. 0 is no cap.',
  },
  coverage: {
    title: 'Coverage',
    width: 88,
    hint: 'How far WhatsApp reaches. The country’s page says where that comes from.',
  },
};
/** Title, width in pixels and what it means, per column that can be steered, in the order of the sheet. */
export const COLUMNS = SHEET_COLUMNS.map((id) => ({ id, ...LOOKS[id] }));
export const titleOf = (column: SheetColumn): string => LOOKS[column].title;

export const FIGURES = [
  { id: 'messages', title: 'Messages', width: 88 },
  { id: 'delivery', title: 'Delivery', width: 112 },
  { id: 'conversion', title: 'Conversion', width: 112 },
  { id: 'cost', title: 'Cost', width: 96 },
] as const;

export const ROW_HEIGHT = 34;
const WIDTHS = [...COLUMNS, ...FIGURES].map(({ width }) => width);

/** How wide the names are: less on a phone, where they would leave room for one column. */
export const NAME_WIDTH = '[--name-width:9.25rem] sm:[--name-width:13rem]';
export const GRID_WIDTH = `calc(var(--name-width) + ${WIDTHS.reduce((sum, width) => sum + width, 0)}px)`;
/** For CSS grid: the name, the columns, the figures. */
export const GRID_COLUMNS = ['var(--name-width)', ...WIDTHS.map((width) => `${width}px`)].join(' ');
