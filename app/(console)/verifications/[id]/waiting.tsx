'use client';

import { useEffect, useState } from 'react';

/** Counts down to the next thing that will happen by itself. Drawn from the server's clock first, so that both sides agree. */
export function Waiting({
  now,
  nextFallbackAt,
  expiresAt,
  nextChannel,
}: {
  now: number;
  nextFallbackAt: string | null;
  expiresAt: string;
  nextChannel: string | null;
}) {
  const [skew, setSkew] = useState<number | null>(null);
  const [time, setTime] = useState(now);

  useEffect(() => {
    setSkew((known) => known ?? now - Date.now());
  }, [now]);
  useEffect(() => {
    if (skew === null) return;
    const timer = setInterval(() => setTime(Date.now() + skew), 250);
    return () => clearInterval(timer);
  }, [skew]);

  const untilFallback = nextFallbackAt ? Date.parse(nextFallbackAt) - time : null;
  return (
    <>
      <p className="font-medium text-wait">Waiting for the code</p>
      <p className="mt-0.5 flex flex-wrap gap-x-4 text-ink-3 text-xs">
        {untilFallback !== null && nextChannel ? (
          <span>
            {untilFallback > 0 ? (
              <>
                {nextChannel} in <span className="num text-ink">{clock(untilFallback)}</span> without a delivery
              </>
            ) : (
              `${nextChannel} any moment now`
            )}
          </span>
        ) : null}
        <span>
          expires in <span className="num text-ink">{clock(Date.parse(expiresAt) - time)}</span>
        </span>
      </p>
    </>
  );
}

function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
