import { describe, expect, test } from 'vitest';
import { secondsToNext } from '@/lib/domain/routing/fallback';
import { fallbackFirst, type RouteOverride, runningOverride } from '@/lib/domain/routing/override';
import { orderedSteps, type Plan, type PlanStep } from '@/lib/domain/routing/plan';

const step = (connectionName: string, channel: PlanStep['channel'], failsOverFor?: number): PlanStep =>
  ({ connectionName, channel, ...(failsOverFor === undefined ? {} : { failsOverFor }) }) as PlanStep;
const plan = (steps: PlanStep[], more: Partial<Plan> = {}): Plan =>
  ({ steps, isUserChoice: false, fallbackAfterSeconds: 30, ...more }) as Plan;
const until = new Date('2026-03-01T12:00:00Z');
const override: RouteOverride = { id: 'o', country: 'BR', until, reason: 'down' };
const names = ({ steps }: Plan) => steps.map(({ connectionName }) => connectionName);

describe('fallback first', () => {
  test.each<[string, PlanStep[], string[]]>([
    ['two change places', [step('meta', 'whatsapp'), step('twilio', 'sms')], ['twilio', 'meta']],
    ['of three, each moves up by one', [step('a', 'whatsapp'), step('b', 'sms'), step('c', 'email')], ['b', 'c', 'a']],
    ['one alone stays', [step('a', 'sms')], ['a']],
    ['none is none', [], []],
  ])('%s', (_, steps, expected) => {
    expect(names(fallbackFirst(plan(steps), override))).toEqual(expected);
  });

  test('what stands in for a step goes on standing in for it', () => {
    const before = plan([step('a', 'whatsapp'), step('b', 'sms'), step('a2', 'whatsapp', 0), step('b2', 'sms', 1)]);
    const after = fallbackFirst(before, override);
    for (const { failsOverFor, channel } of after.steps) {
      if (failsOverFor !== undefined) expect(after.steps[failsOverFor]?.channel).toBe(channel);
    }
    expect(orderedSteps(after)).toHaveLength(2);
    expect(secondsToNext(after, 0)).toBe(30);
    expect(secondsToNext(after, 1)).toBeNull();
  });

  test('what the person chose is not touched, and a plan that is not changed names no override', () => {
    const chosen = plan([step('a', 'whatsapp'), step('b', 'sms')], { isUserChoice: true });
    expect(fallbackFirst(chosen, override)).toBe(chosen);
    expect(fallbackFirst(plan([step('a', 'sms')]), override).override).toBeUndefined();
    expect(fallbackFirst(plan([step('a', 'whatsapp'), step('b', 'sms')]), override).override).toEqual({
      id: 'o',
      until: until.toISOString(),
      reason: 'down',
    });
  });

  test('done as often as there are steps it is the route again', () => {
    const before = plan([step('a', 'whatsapp'), step('b', 'sms'), step('c', 'email'), step('a2', 'whatsapp', 0)]);
    const after = [1, 2, 3].reduce((each) => fallbackFirst(each, override), before);
    expect(after.steps).toEqual(before.steps);
  });

  test('ends by itself at its moment, in its own country only', () => {
    const all = new Map([['BR', override]]);
    const at = (ms: number) => new Date(until.getTime() + ms);
    expect(runningOverride(all, 'BR', at(-1))).toBe(override);
    expect(runningOverride(all, 'BR', at(0))).toBeNull();
    expect(runningOverride(all, 'ID', at(-1))).toBeNull();
  });
});
