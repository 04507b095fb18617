'use client';

import dynamic from 'next/dynamic';

/** Pictures that load after the page: recharts weighs 110 KB. Their frames and tables are there at once. */
export const TimePicture = dynamic(
  () => import('@/components/charts/pictures').then(({ TimePicture }) => TimePicture),
  {
    ssr: false,
    loading: () => <div className="size-full" />,
  },
);

export const DurationPicture = dynamic(
  () => import('@/components/charts/pictures').then(({ DurationPicture }) => DurationPicture),
  { ssr: false, loading: () => <div className="size-full" /> },
);
