'use client';

import { useEffect, useState } from 'react';
import { ago, dateTime } from '@/components/console/format';

/** How old something is, kept current; the exact moment on hover. `now` is the server's, so that both sides draw the same first picture. */
export function TimeAgo({ at, now, timeZone }: { at: string; now: number; timeZone: string }) {
  const [elapsed, setElapsed] = useState(now - Date.parse(at));

  useEffect(() => {
    const tick = () => setElapsed(Date.now() - Date.parse(at));
    tick();
    const timer = setInterval(tick, 10_000);
    return () => clearInterval(timer);
  }, [at]);

  return (
    <time dateTime={at} title={`${dateTime(new Date(at), timeZone)} (${timeZone})`} className="num whitespace-nowrap">
      {ago(elapsed).replace(/ ago$/, '')}
      {ago(elapsed).endsWith(' ago') ? <span className="max-sm:sr-only"> ago</span> : null}
    </time>
  );
}
