import { countryName } from '@/components/console/format';
import { classNames } from '@/components/ui/class-names';

/** A picture beside a word that says the same: nothing for a screen reader. */
export function Flag({ country, className }: { country: string; className?: string }) {
  return (
    // biome-ignore lint/performance/noImgElement: a 300-byte SVG of our own needs no image service.
    <img
      src={`/flags/${country}.svg`}
      alt=""
      width={18}
      height={12}
      loading="lazy"
      className={classNames('h-3 w-[18px] shrink-0 rounded-[2px] object-cover ring-1 ring-ink/10', className)}
    />
  );
}

export function CountryName({ country }: { country: string }) {
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Flag country={country} />
      {countryName(country)}
    </span>
  );
}
