import { describe, expect, test } from 'vitest';
import { EXAMPLE_LIVES } from '@/app/gallery/lives';
import { beatsOf, convertedBy, nextChannelOf, tellStory, timeToDeliverMs } from '@/components/console/timeline/story';

const example = (name: string) => {
  const found = EXAMPLE_LIVES.find((each) => each.name === name);
  if (!found) throw new Error(`no example is called ${name}`);
  return found;
};
const kinds = (name: string) => {
  const { life, now } = example(name);
  return beatsOf(life, now).map((beat) => ('status' in beat ? `${beat.kind}:${beat.status}` : beat.kind));
};

describe('the story of one code', () => {
  test('a failure is told before the fallback it caused, and the fallback before its message', () => {
    expect(kinds('not on WhatsApp, then SMS')).toEqual([
      'request',
      'route',
      'handed',
      'receipt:failed',
      'branch',
      'handed',
      'receipt:sent',
      'receipt:delivered',
      'check',
      'check',
    ]);
  });

  test('the fallback says its cause and how fast we were', () => {
    const { life, now } = example('not on WhatsApp, then SMS');
    expect(beatsOf(life, now).find(({ kind }) => kind === 'branch')).toMatchObject({
      cause: 'failed',
      afterMs: 38,
      from: 0,
      to: 1,
    });
    const silent = example('silence, SMS, and WhatsApp after all');
    expect(beatsOf(silent.life, silent.now).find(({ kind }) => kind === 'branch')).toMatchObject({
      cause: 'timeout',
      afterMs: 30_008,
    });
  });

  test('a fallback and an undeliverable end tell the failure that the decision rests on, whatever the message says since', () => {
    const { life, now } = example('every channel failed');
    const changed = structuredClone(life);
    for (const message of changed.messages) message.reason = null;
    const beats = beatsOf(changed, now);
    expect(beats.find(({ kind }) => kind === 'branch')).toMatchObject({
      failure: { channel: 'whatsapp', reason: 'template_unavailable', providerCode: '132001' },
    });
    expect(beats.find(({ kind }) => kind === 'end')).toMatchObject({
      failure: { channel: 'sms', reason: 'carrier_filtered', providerCode: '30007' },
    });
  });

  test('the fallback names the connection that it went around', () => {
    const { life, now } = example('not on WhatsApp, then SMS');
    const around = structuredClone(life);
    const fallback = around.decisions.find(({ kind }) => kind === 'fallback');
    if (fallback) fallback.detail.passed_over = [{ connection: 'Twilio SMS', why: 'breaker_open' }];
    const branchOf = (told: typeof life) => beatsOf(told, now).find(({ kind }) => kind === 'branch');
    expect(branchOf(life)).toMatchObject({ passedOver: [] });
    expect(branchOf(around)).toMatchObject({ passedOver: ['Twilio SMS'] });
  });

  test('a refusal without a receipt is told from the answer', () => {
    expect(kinds('every channel failed').slice(2, 4)).toEqual(['handed', 'refused']);
    expect(kinds('every channel failed').at(-1)).toBe('end');
  });

  test('a delivery after the approval still belongs to the story', () => {
    expect(kinds('silence, SMS, and WhatsApp after all').at(-1)).toBe('receipt:delivered');
  });

  test('who converted is only said when one channel alone had arrived', () => {
    expect(convertedBy(example('silence, SMS, and WhatsApp after all').life)).toEqual(['sms']);
    const both = structuredClone(example('silence, SMS, and WhatsApp after all').life);
    const [first] = both.messages;
    if (first) first.delivered_at = both.messages[1]?.delivered_at ?? null;
    expect(convertedBy(both)).toEqual(['whatsapp', 'sms']);
    expect(convertedBy(example('waiting').life)).toEqual([]);
  });

  test('time to the phone counts from the first hand-over, and is unknown without proof', () => {
    expect(timeToDeliverMs(example('not on WhatsApp, then SMS').life)).toBe(4_296);
    expect(timeToDeliverMs(example('every channel failed').life)).toBeNull();
  });

  test('a time in whole seconds that contains the hand-over is believed to the second', () => {
    const { life, now } = example('waiting');
    const coarse = structuredClone(life);
    const sent = coarse.messages[0]?.receipts[0];
    if (sent) sent.at = life.created_at;
    expect(beatsOf(coarse, now).find(({ kind }) => kind === 'receipt')).toMatchObject({
      clock: 'theirs',
      isCoarse: true,
    });
  });

  test("a provider's clock that cannot be right gives way to ours", () => {
    const { life, now } = example('waiting');
    const wrong = structuredClone(life);
    const sent = wrong.messages[0]?.receipts[0];
    if (sent) sent.at = '2026-11-22T11:00:00.123Z';
    const beat = beatsOf(wrong, now).find(({ kind }) => kind === 'receipt');
    expect(beat).toMatchObject({ clock: 'ours', at: Date.parse(sent?.received_at ?? '') });
  });
});

describe('the channel that comes next', () => {
  const { life } = example('waiting');
  const nextAfter = (step: number) => {
    const steps = [{ channel: 'whatsapp' }, { channel: 'sms' }, { channel: 'whatsapp', fails_over_for: 0 }];
    const messages = structuredClone(life.messages.slice(-1)).map((message) => ({ ...message, step }));
    return nextChannelOf({
      ...life,
      route: ['whatsapp', 'sms'],
      messages,
      decisions: [{ at: life.created_at, kind: 'route', detail: { steps } }],
    });
  };

  test('follows the order of the route, also from a connection that stands in', () => {
    expect([nextAfter(0), nextAfter(1), nextAfter(2)]).toEqual(['sms', null, 'sms']);
  });
});

describe('the lines beside it', () => {
  test('the first lane goes silent after the failure and ends where the second begins', () => {
    const { life, now } = example('not on WhatsApp, then SMS');
    const { rows } = tellStory(life, now);
    const branch = rows.findIndex(({ beat }) => beat.kind === 'branch');
    expect(rows[branch]?.lines[0]).toEqual({ above: 'silent', below: 'none' });
    expect(rows[branch]?.lines[1]).toEqual({ above: 'none', below: 'solid' });
    expect(rows[branch + 1]?.lines).toEqual([
      { above: 'none', below: 'none' },
      { above: 'solid', below: 'solid' },
    ]);
  });

  test('a lane that may still deliver runs on beside the new one', () => {
    const { life, now } = example('silence, SMS, and WhatsApp after all');
    const { rows } = tellStory(life, now);
    const branch = rows.findIndex(({ beat }) => beat.kind === 'branch');
    expect(rows[branch + 1]?.lines[0]).toEqual({ above: 'silent', below: 'silent' });
  });

  test.each(EXAMPLE_LIVES)('no line hangs in the air: $name', ({ life, now }) => {
    const { rows } = tellStory(life, now);
    expect(rows[0]?.lines.every(({ above }) => above === 'none')).toBe(true);
    expect(rows.at(-1)?.lines.every(({ below }) => below === 'none')).toBe(true);
    rows.slice(1).forEach((row, index) => {
      const below = rows[index]?.lines.map((line) => line.below === 'none');
      expect(row.lines.map((line) => line.above === 'none')).toEqual(below);
    });
  });
});
