import type { ApiOperationName } from '@/lib/contract/api';

/** In the order in which a reader needs them: every operation, once. */
export const GROUPS: { title: string; names: readonly ApiOperationName[] }[] = [
  {
    title: 'Verifications',
    names: [
      'verifications.issue',
      'verifications.check',
      'verifications.resend',
      'verifications.cancel',
      'verifications.get',
      'verifications.list',
    ],
  },
  { title: 'Channels and routes', names: ['channels.list', 'routes.explain'] },
  {
    title: 'Analytics',
    names: [
      'analytics.summary',
      'analytics.timeseries',
      'analytics.breakdown',
      'analytics.movers',
      'analytics.durations',
      'analytics.heatmap',
    ],
  },
  { title: 'Description', names: ['openapi.get'] },
];
