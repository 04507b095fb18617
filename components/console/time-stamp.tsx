import { dateTime } from '@/components/console/format';

/**
 * A moment in the viewer's time zone, with the zone's name on hover. The zone comes from the page (viewerTimeZone). `breaksWhenNarrow`: on a phone day and
 * time stand on a line each.
 */
export function TimeStamp({
  at,
  timeZone,
  withMs = false,
  breaksWhenNarrow = false,
}: {
  at: Date;
  timeZone: string;
  withMs?: boolean;
  breaksWhenNarrow?: boolean;
}) {
  const text = dateTime(at, timeZone, withMs);
  const comma = text.indexOf(', ') + 1;
  return (
    <time
      dateTime={at.toISOString()}
      title={`${at.toISOString()} (shown in ${timeZone})`}
      className="num whitespace-nowrap"
    >
      {breaksWhenNarrow ? (
        <>
          {text.slice(0, comma)} <span className="max-sm:block">{text.slice(comma + 1)}</span>
        </>
      ) : (
        text
      )}
    </time>
  );
}
