import type { AlertView } from '@/lib/operations/alerts/list';

/**
 * Another channel helps where one does not carry: not against money, and not against a webhook of ours that is deaf (the storm guard's
 * alert, which no rule found), where everybody has their code and the second message is the bill that the guard prevents.
 */
export function canMoveOver({ kind, ruleId, scope }: Pick<AlertView, 'kind' | 'ruleId' | 'scope'>): boolean {
  if (kind === 'spend' || (kind === 'webhook_silence' && ruleId === null)) return false;
  return scope.countries.length > 0 || scope.connectionId !== null;
}

/** Where the figure of an alert is drawn, and what it was like in the hours before. */
export const ROOMS: Partial<Record<AlertView['kind'], { path: string; words: string; metric?: string }>> = {
  // Refused messages are not in the delivery rate, which is of what was accepted: failures show both ways of not arriving.
  delivery_drop: { path: '/analytics/delivery', words: 'In Delivery', metric: 'failure_rate' },
  // Not the unknown rate, most of which was accepted and has not arrived: sends without an answer are counted by connection.
  unknown_rate: { path: '/config/connections', words: 'In Connections' },
  slow_delivery: { path: '/analytics/response-times', words: 'In Response times' },
  spend: { path: '/analytics/cost', words: 'In Cost' },
  template_not_sendable: { path: '/config/templates', words: 'In Templates' },
  webhook_silence: { path: '/config/connections', words: 'In Connections' },
  our_fault: { path: '/config/connections', words: 'In Connections' },
};
