import { Flag } from '@/components/console/country';
import { countryName } from '@/components/console/format';
import { classNames } from '@/components/ui/class-names';

/** A number as people may see it: country and last two digits. A screen reader hears "ending in" instead of dots. */
export function MaskedPhone({
  masked,
  country,
  isInColumn = false,
  className,
}: {
  masked: string;
  country?: string;
  /** Below others: endings stand under each other, whatever the length of the country's code. */
  isInColumn?: boolean;
  className?: string;
}) {
  const ending = masked.slice(-2);
  const callingCode = masked.split(' ')[0] ?? '';
  return (
    <span className={classNames('inline-flex items-center gap-2 whitespace-nowrap', className)}>
      {country ? <Flag country={country} /> : null}
      <span aria-hidden="true" className="num">
        <span className={isInColumn ? 'inline-block min-w-[2.4rem]' : undefined}>{callingCode}</span>{' '}
        <span className="mr-[0.5em] tracking-[-0.22em] text-ink-3">
          {/* Six dots at most: their number says nothing, and long ones push a phone's list out of its frame. */}
          {masked.slice(callingCode.length).slice(0, -2).trim().slice(0, 6)}
        </span>
        {ending}
      </span>
      <span className="sr-only">
        {country ? `${countryName(country)}, ` : ''}number {callingCode} ending in {ending}
      </span>
    </span>
  );
}
