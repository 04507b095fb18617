import { dateTime } from '@/components/console/format';

/** A moment in the viewer's time zone, with the zone's name on hover. The zone comes from the page (viewerTimeZone). */
export function TimeStamp({ at, timeZone, withMs = false }: { at: Date; timeZone: string; withMs?: boolean }) {
  return (
    <time
      dateTime={at.toISOString()}
      title={`${at.toISOString()} (shown in ${timeZone})`}
      className="num whitespace-nowrap"
    >
      {dateTime(at, timeZone, withMs)}
    </time>
  );
}
