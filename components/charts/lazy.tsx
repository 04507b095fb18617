'use client';

import dynamic from 'next/dynamic';
import { type ComponentProps, type ReactNode, useLayoutEffect, useRef, useState } from 'react';

/** Pictures that load after the page: recharts weighs 110 KB. Their frames and tables are there at once. */
const LazyTimePicture = dynamic(() => import('@/components/charts/pictures').then(({ TimePicture }) => TimePicture), {
  ssr: false,
  loading: () => <div className="size-full" />,
});

const LazyDurationPicture = dynamic(
  () => import('@/components/charts/pictures').then(({ DurationPicture }) => DurationPicture),
  { ssr: false, loading: () => <div className="size-full" /> },
);

export function TimePicture(props: ComponentProps<typeof LazyTimePicture>) {
  return (
    <WhileShown>
      <LazyTimePicture {...props} />
    </WhileShown>
  );
}

export function DurationPicture(props: ComponentProps<typeof LazyDurationPicture>) {
  return (
    <WhileShown>
      <LazyDurationPicture {...props} />
    </WhileShown>
  );
}

/** Only while the frame does not show the table: recharts complains about a picture without a size. Its place is kept. */
function WhileShown({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [isShown, setShown] = useState(false);
  useLayoutEffect(() => {
    const toggle = place.current?.closest('[data-chart]')?.querySelector<HTMLInputElement>('input[data-table]');
    const look = () => setShown(!toggle?.checked);
    look();
    toggle?.addEventListener('change', look);
    return () => toggle?.removeEventListener('change', look);
  }, []);
  return (
    <div ref={place} className="size-full">
      {isShown ? children : null}
    </div>
  );
}
