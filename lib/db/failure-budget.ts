import { FAILURE_BUDGET } from '@/lib/domain/verification/limits';

/**
 * Whether a failure budget leaves no room for one more check, as SQL, of the columns `failures` and `since_success` of `alias`. True or, where
 * there is room, false or null: null also where there is no budget at all, which is room.
 */
export const isBudgetSpent = (alias: string): string =>
  `(SELECT count(*) FILTER (WHERE x > now() - interval '1 hour') >= ${FAILURE_BUDGET.perHour}
        OR count(*) FILTER (WHERE x > now() - interval '1 day') >= ${FAILURE_BUDGET.perDay}
        OR (${alias}.since_success >= ${FAILURE_BUDGET.sinceSuccess} AND max(x) > now() - interval '1 day')
      FROM unnest(${alias}.failures) x)`;
