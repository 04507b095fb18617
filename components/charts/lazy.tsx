'use client';

import dynamic from 'next/dynamic';

const blank = { ssr: false, loading: () => <div className="size-full" /> } as const;

/** Pictures that load after the page: recharts weighs 110 KB. Their frames and tables are there at once. */
export const TimePicture = dynamic(
  () => import('@/components/charts/pictures').then(({ TimePicture }) => TimePicture),
  blank,
);
export const DurationPicture = dynamic(
  () => import('@/components/charts/pictures').then(({ DurationPicture }) => DurationPicture),
  blank,
);
