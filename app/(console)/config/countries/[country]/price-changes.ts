import type { Json } from '@/lib/domain/configuration/entities';
import { readCell, writeCell } from '@/lib/domain/configuration/sheet';
import type { PriceChange } from '@/lib/domain/routing/country-route';

/** Price changes as lines of text, `whatsapp 0.009 from 2026-12-01`; empty inherits (null). A text is what is wrong. */
export function readPriceChanges(text: string): PriceChange[] | null | string {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) return null;
  const list: PriceChange[] = [];
  for (const line of lines) {
    const [, channel, price = '', from = ''] =
      /^(whatsapp|sms|email|voice)\s+(\S+)\s+(?:from\s+)?(\d{4}-\d{2}-\d{2})$/i.exec(line) ?? [];
    const micros = readCell('priceSms', price);
    if (!channel || micros.kind === 'problem' || micros.value === null || Number.isNaN(Date.parse(from))) {
      return `“${line.slice(0, 60)}” is not like: whatsapp 0.009 from 2026-12-01`;
    }
    list.push({ channel: channel.toLowerCase() as PriceChange['channel'], micros: Number(micros.value), from });
  }
  return list;
}

export function writePriceChanges(value: Json): string {
  return ((value ?? []) as unknown as PriceChange[])
    .map(({ channel, micros, from }) => `${channel} ${writeCell('priceSms', micros)} from ${from}`)
    .join('\n');
}
