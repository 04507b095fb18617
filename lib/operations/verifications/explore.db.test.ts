import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { listQuery } from '@/lib/contract/verifications';
import { database, report } from '@/lib/db/client';
import { ANYWHERE, exploreQuery } from '@/lib/db/explore-verifications';
import { type TailRow, tailRows } from '@/lib/db/tail-verifications';
import { matches, type SearchKey, type Term } from '@/lib/domain/search/language';
import { publicId } from '@/lib/ids';
import { refreshRollups } from '@/lib/operations/rollups/refresh';
import { exploreVerifications, verificationFacets, verificationVolume } from '@/lib/operations/verifications/explore';
import { exportVerifications, READER, type ReaderClock } from '@/lib/operations/verifications/export';
import { findAnything, idTermOf } from '@/lib/operations/verifications/find';
import { listVerifications } from '@/lib/operations/verifications/list';
import { type SearchQuery, searchOf } from '@/lib/operations/verifications/search';
import { comparableFilters, factsOf } from '@/lib/operations/verifications/tail';
import { actorOf } from '@/scripts/testing/actor';
import { refusalOf, startTestCore, type TestCore } from '@/scripts/testing/core';
import { insertPast } from '@/scripts/testing/past';

// One past of 3 000 verifications, and four ways to ask about it that must agree: the list, the export, the counts and the rule of the tail.

const N = 3_000;
const ana = actorOf('analyst');
let core: TestCore;
let rows: TailRow[];

beforeAll(async () => {
  core = await startTestCore();
  await insertPast(core.sql, {
    n: N,
    everyMs: 60_000,
    until: new Date(),
    apps: [core.app, core.otherApp],
    connections: [core.whatsapp, core.sms],
  });
  const ids = await core.sql<{ id: string }>('SELECT id FROM verification ORDER BY id DESC');
  rows = (
    await tailRows(
      database(),
      ids.map(({ id }) => id),
    )
  ).reverse();
});
afterAll(() => core.stop());

const everything: SearchQuery = { terms: [], createdAfter: null, createdBefore: null };
const searching = (...terms: [SearchKey, string, boolean?][]): SearchQuery => ({
  ...everything,
  terms: terms.map(([key, value, isExcluded = false]) => ({ key, value, isExcluded })),
});

/** Every page of a search, one after the other. */
async function walk(query: SearchQuery, patienceMs = 5_000): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let startingAfter: string | null = null;
  for (let pages = 1; pages < 500; pages += 1) {
    const page = await exploreVerifications(ana, { ...query, startingAfter, limit: 100, patienceMs });
    ids.push(...page.data.map(({ id }) => id));
    if (!page.next) return { ids, pages };
    startingAfter = page.next.after;
  }
  throw new Error('the walk does not end');
}

async function read(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  return text;
}

const expected = (query: SearchQuery) => {
  const filters = comparableFilters(ana, query.terms);
  return rows.filter((row) => matches(filters, factsOf(row))).map(({ id }) => publicId('verification', id));
};

describe('one search, asked four ways', () => {
  const value: fc.Arbitrary<[SearchKey, string]> = fc.oneof(
    ...(
      [
        ['status', ['approved', 'expired', 'canceled', 'locked', 'pending']],
        ['channel', ['whatsapp', 'sms', 'email']],
        ['country', ['BR', 'IN', 'XX']],
        ['use_case', ['login', 'payment']],
        ['template', ['otp_code_v1', 'otp_text']],
        ['first_channel', ['whatsapp', 'sms', 'email']],
        ['first_template', ['otp_code_v1', 'otp_text']],
        ['locale', ['en', 'pt_BR']],
        ['reason', ['not_on_channel', 'throttled']],
        ['cause', ['failed', 'timeout', 'lost', 'none']],
        ['mode', ['live', 'test']],
        ['reference', ['order-11', 'order-22', '=HYPERLINK("http://x")']],
        ['metadata.plan', ['gold', 'basic']],
        ['metadata.nothing', ['gold']],
      ] as [SearchKey, string[]][]
    ).map(([key, values]) => fc.constantFrom(...values).map((each): [SearchKey, string] => [key, each])),
  );
  const terms = fc.array(
    fc.tuple(value, fc.boolean()).map(([[key, text], isExcluded]): Term => ({ key, value: text, isExcluded })),
    { minLength: 0, maxLength: 5 },
  );

  test('list, export and the rule of the tail find the same verifications, in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(terms, async (given) => {
        const query = { ...everything, terms: given };
        const wanted = expected(query);
        expect((await walk(query)).ids).toEqual(wanted);
        const lines = (await read(await exportVerifications(ana, { ...query, format: 'ndjson' })))
          .split('\n')
          .slice(0, -1);
        expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(wanted);
        const facets = await verificationFacets(ana, query);
        expect(facets?.total).toBe(wanted.length);
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  test('what it began with is asked of the first message alone, as figures of verifications count it', async () => {
    for (const terms of [
      [['first_channel', 'whatsapp']],
      [['first_connection', core.sms]],
      [
        ['channel', 'sms'],
        ['first_channel', 'sms', true],
      ],
    ] as [SearchKey, string, boolean?][][]) {
      const query = searching(...terms);
      expect((await walk(query)).ids).toEqual(expected(query));
    }
    const first = (channel: string) => searching(['first_channel', channel], ['mode', 'live']);
    const counted = await core.sql<{ channel: string; n: number }>(
      `SELECT channel, count(*)::int AS n FROM (SELECT DISTINCT ON (m.verification_id) m.channel FROM message m WHERE m.livemode ORDER BY m.verification_id, m.submitted_at, m.id) f GROUP BY 1`,
    );
    for (const { channel, n } of counted) expect((await walk(first(channel))).ids, channel).toHaveLength(n);
    expect((await walk(first('sms'))).ids.length).toBeLessThan(
      (await walk(searching(['channel', 'sms'], ['mode', 'live']))).ids.length,
    );
  });

  test.each(['locked', 'canceled', 'undeliverable'])(
    'a rare end asked for alone and with what has an index: %s',
    async (status) => {
      for (const query of [
        searching(['status', status]),
        searching(['status', status], ['reference', 'order-22']),
        searching(['status', status], ['country', 'BR', true], ['app', core.app], ['mode', 'test']),
      ]) {
        const wanted = expected(query);
        expect((await walk(query)).ids).toEqual(wanted);
        expect((await verificationFacets(ana, query))?.total).toBe(wanted.length);
        const since = { ...query, createdAfter: new Date(Date.now() - 90 * 86_400_000) };
        const volume = await verificationVolume(ana, since);
        const counted = volume?.buckets.flatMap(({ counts }) => Object.values(counts)).reduce((sum, n) => sum + n, 0);
        expect(counted).toBe(wanted.length);
        const lines = await read(await exportVerifications(ana, { ...query, format: 'ndjson' }));
        expect(lines.split('\n').length - 1).toBe(wanted.length);
      }
    },
  );

  test('and do so once everything is counted, when the rollups say where to look', async () => {
    while ((await refreshRollups()) > 0);
    await fc.assert(
      fc.asyncProperty(terms, async (given) => {
        const query = { ...everything, terms: given };
        const wanted = expected(query);
        expect((await walk(query)).ids).toEqual(wanted);
        expect((await walk(query, 0)).ids).toEqual(wanted);
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  test('the counts of a facet are those of the list under that value, and the volume is their sum', async () => {
    const facets = await verificationFacets(ana, everything);
    expect(facets?.total).toBe(N);
    for (const name of ['status', 'channel', 'country', 'use_case', 'app', 'cause', 'reason'] as const) {
      for (const { value: each, n } of facets?.values[name] ?? []) {
        expect(n, `${name}:${each}`).toBe(expected(searching([name, each])).length);
      }
    }
    const volume = await verificationVolume(ana, {
      ...everything,
      createdAfter: new Date(Date.now() - 90 * 86_400_000),
    });
    const sum = volume?.buckets.flatMap(({ counts }) => Object.values(counts)).reduce((total, n) => total + n, 0);
    expect(sum).toBe(N);
  });
});

describe('a rare thing', () => {
  /** One verification of months ago, the only one of its country. */
  const rare = async (month: number, country: string) => {
    const until = new Date(Date.now() - month * 30 * 86_400_000);
    await core.sql(`UPDATE message SET provider_message_id = NULL WHERE provider_message_id = 'wamid.' || md5('1')`);
    await insertPast(core.sql, { n: 1, everyMs: 1, until, apps: [core.app], connections: [core.whatsapp, core.sms] });
    const [row] = await core.sql<{ id: string }>('SELECT id FROM verification ORDER BY id LIMIT 1');
    await core.sql(`UPDATE verification SET country = $2, status = 'locked' WHERE id = $1`, [row?.id, country]);
    return { uuid: row?.id ?? '', id: publicId('verification', row?.id ?? '') };
  };

  afterEach(async () => {
    const old = `SELECT id FROM verification WHERE created_at < now() - interval '60 days'`;
    await core.sql(`DELETE FROM message WHERE verification_id IN (${old})`);
    await core.sql(`DELETE FROM verification WHERE id IN (${old})`);
  });

  test.each<[string, [SearchKey, string, boolean?][]]>([
    ['live traffic', [['mode', 'live']]],
    ['all traffic', []],
  ])('in %s is found where the rollups count it, and what lies between is not looked at', async (_, mode) => {
    const { id } = await rare(3, 'GT');
    while ((await refreshRollups()) > 0);
    // Looked at one by one, 500 verifications a page of no patience, these would be six pages.
    const found = await walk(searching(['country', 'GT'], ['reason', 'throttled', true], ...mode), 0);
    expect(found.ids).toEqual([id]);
    expect(found.pages).toBeLessThanOrEqual(4);
    expect((await walk(searching(['country', 'GT'], ['status', 'locked'], ...mode), 0)).ids).toEqual([id]);
    expect((await walk(searching(['country', 'GT'], ['channel', 'whatsapp'], ...mode), 0)).ids).toEqual([id]);
    expect((await walk(searching(['country', 'GT'], ['first_channel', 'whatsapp'], ...mode), 0)).ids).toEqual([id]);
    expect((await walk(searching(['country', 'GT'], ['status', 'approved'], ...mode), 0)).ids).toEqual([]);
  });

  test('that became so a moment ago, and is not counted yet, is found as well', async () => {
    while ((await refreshRollups()) > 0);
    const { id, uuid } = await rare(4, 'HN');
    expect((await walk(searching(['country', 'HN'], ['mode', 'live']), 0)).ids).toEqual([id]);
    await core.sql(`UPDATE verification SET status = 'canceled' WHERE id = $1`, [uuid]);
    expect((await walk(searching(['country', 'HN'], ['status', 'canceled'], ['mode', 'live']), 0)).ids).toEqual([id]);
  });

  test('is found in the list of the API, which says where to go on after a page that is not full', async () => {
    const { id } = await rare(5, 'NI');
    while ((await refreshRollups()) > 0);
    const query = listQuery.parse({ status: 'locked', country: 'NI', limit: '10' });
    expect(await listVerifications(core.key(), query)).toMatchObject({
      data: [{ id }],
      hasMore: false,
      nextAfter: null,
    });
    expect((await listVerifications(core.key(), { ...query, country: ['SV'] })).data).toEqual([]);
    const page = await listVerifications(core.key(), listQuery.parse({ limit: '10' }));
    expect(page.nextAfter).toBe(page.data.at(-1)?.id);
  });
});

describe('a page', () => {
  test('that runs out of patience says how far it looked, and the next goes on there: nothing is lost or told twice', async () => {
    const query = searching(['reference', 'order-22', true], ['metadata.plan', 'gold'], ['reason', 'not_on_channel']);
    const { ids, pages } = await walk(query, 0);
    expect(ids).toEqual(expected(query));
    expect(pages).toBeGreaterThan(5);
    const first = await exploreVerifications(ana, {
      ...searching(['metadata.plan', 'silver']),
      startingAfter: null,
      limit: 40,
      patienceMs: 0,
    });
    expect(first).toMatchObject({ data: [], next: { isSearching: true } });
    expect(first.next?.searchedTo.getTime()).toBeLessThan(Date.now() - 499 * 60_000);
  });

  test('a key sees its own app and mode, whatever it searches', async () => {
    const page = await exploreVerifications(core.key(), {
      ...searching(['app', core.otherApp]),
      startingAfter: null,
      limit: 10,
      patienceMs: 5_000,
    });
    expect(page.data).toEqual([]);
    const found = rows.find((row) => row.app_id !== core.app);
    expect(await findAnything(core.key(), publicId('verification', found?.id ?? ''))).toEqual({ kind: 'nothing' });
  });

  test('a number is found by its keyed hash', async () => {
    const to = core.phone();
    const issued = await core.issue(to);
    const { ids } = await walk(searching(['to', to]));
    expect(ids).toEqual([issued.resource.id]);
    await core.sql('DELETE FROM message WHERE verification_id IN (SELECT id FROM verification WHERE is_checkable)');
    await core.sql('DELETE FROM verification WHERE is_checkable');
  });

  test('that an index would fill with too much is walked instead, and finds the same', async () => {
    const query = searching(['reference', 'order-22'], ['status', 'locked']);
    const stretch = { limit: 51, scanMax: N, isByIndex: false };
    const { statement, values } = exploreQuery(searchOf(ana, query), ANYWHERE, stretch);
    const found = await report<{ id: string | null }>(statement, values, 5_000);
    expect(found?.map(({ id }) => publicId('verification', id ?? ''))).toEqual(expected(query));
  });

  test.each<[SearchKey, string]>([
    ['app', "x'; DROP TABLE app"],
    ['status', 'nonsense'],
    ['to', '12'],
    ['id', 'vrf_1'],
  ])('%s:%s is refused, not asked', async (key, text) => {
    const asked = exploreVerifications(ana, {
      ...searching([key, text]),
      startingAfter: null,
      limit: 10,
      patienceMs: 10,
    });
    expect(await refusalOf(asked)).toBe('invalid_request');
  });
});

describe('find anything', () => {
  test('a verification, a message of ours or of the provider, a request, and a reference lead to the one verification', async () => {
    const [row] = await core.sql<{ id: string; message: string; provider_message_id: string; reference: string }>(
      `SELECT v.id, m.id AS message, m.provider_message_id, v.reference FROM verification v JOIN message m ON m.verification_id = v.id WHERE v.reference = 'order-55' LIMIT 1`,
    );
    const made = publicId('request', row?.id ?? '');
    await core.sql('UPDATE verification SET request_id = $1 WHERE id = $2', [made, row?.id]);
    const wanted = { kind: 'verification', id: publicId('verification', row?.id ?? '') };
    for (const pasted of [
      publicId('verification', row?.id ?? ''),
      ` ${row?.id} `,
      publicId('message', row?.message ?? ''),
      row?.message,
      row?.provider_message_id,
      'order-55',
      made,
    ]) {
      expect(await findAnything(ana, pasted ?? ''), pasted).toEqual(wanted);
    }
    for (const pasted of [
      '+55 11 98765-4321',
      '5511987654321',
      '(55) 11 98765-4321',
      '55.11.98765.4321',
      '0055 11 98765 4321',
    ])
      expect(await findAnything(ana, pasted), pasted).toEqual({ kind: 'number', number: '+5511987654321' });
    await core.sql(`UPDATE verification SET reference = '5511987654329' WHERE id = $1`, [row?.id]);
    expect(await findAnything(ana, '5511987654329')).toEqual(wanted);
    // Digits that are no number as they stand may be a reference.
    for (const pasted of ['10000001', '11 98765 4321 0'])
      expect(await findAnything(ana, pasted), pasted).toEqual({ kind: 'nothing' });
    for (const pasted of ['', 'wamid.nobody', `vrf_${'0'.repeat(32)}`, `req_${'f'.repeat(32)}`, 'a\0b']) {
      expect(await findAnything(ana, pasted), pasted).toEqual({ kind: 'nothing' });
    }
    const shared = '=HYPERLINK("http://x")';
    expect(await findAnything(ana, shared)).toEqual({ kind: 'reference', reference: shared });
  });
});

test('an id of a connection, an app or a template is the filter of that kind, and any other id is none', () => {
  const uuid = '01990000-0000-7000-8000-000000000001';
  for (const key of ['connection', 'app', 'template'] as const)
    expect(idTermOf(` ${publicId(key, uuid)} `)).toEqual({ key, value: uuid, isExcluded: false });
  for (const pasted of [publicId('verification', uuid), uuid, 'con_1', 'order-55']) expect(idTermOf(pasted)).toBeNull();
});

describe('an export', () => {
  test('as CSV has the same rows, and no cell that a spreadsheet would run', async () => {
    const query = searching(['reference', '=HYPERLINK("http://x")'], ['reference', 'two\nlines, "quoted"']);
    const text = await read(await exportVerifications(ana, { ...query, format: 'csv' }));
    const records: Record<string, string>[] = parse(text, { columns: true });
    expect(records.length).toBeGreaterThan(8);
    expect(new Set(records.map(({ reference }) => reference))).toEqual(
      new Set([`'=HYPERLINK("http://x")`, 'two\nlines, "quoted"']),
    );
    for (const record of records) {
      expect(record.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/);
      expect(record.to_masked).toMatch(/^'\+55 •+ \d\d$/);
      for (const cell of Object.values(record)) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    }
  });

  test('is noted with its search before it begins and with its rows when it ends, and the note holds no number', async () => {
    await core.sql('ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only');
    await core.sql('DELETE FROM audit_entry');
    await read(
      await exportVerifications(ana, {
        ...searching(['status', 'expired'], ['to', '+5511987654321', true]),
        format: 'csv',
      }),
    );
    const notes = await core.sql<{ action: string; detail: Record<string, unknown> }>(
      'SELECT action, detail FROM audit_entry ORDER BY id',
    );
    expect(notes.map(({ action }) => action)).toEqual(['verifications.export', 'verifications.export_end']);
    expect(notes[0]?.detail).toMatchObject({ format: 'csv', search: 'status:expired -to:…21' });
    expect(notes[1]?.detail).toEqual({ ended: 'complete', rows: 500 });
    expect(JSON.stringify(notes)).not.toContain('11987654321');
  });

  test('stops at its limit and says so in the last line', async () => {
    const text = await read(await exportVerifications(ana, { ...everything, format: 'ndjson' }, { rowsMax: 2_500 }));
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(2_501);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ object: 'cut_off', rows: 2_500 });
    const whole = await read(await exportVerifications(ana, { ...everything, format: 'ndjson' }, { rowsMax: N }));
    expect(whole.trimEnd().split('\n').at(-1)).toContain('"id":"vrf_');
  });

  test('ends when its reader leaves, and gives its place back; a second of one person and a third at once are refused', async () => {
    const start = (userId: string) => exportVerifications({ ...ana, userId }, { ...everything, format: 'csv' });
    const one = await start('ana');
    expect(await refusalOf(start('ana'))).toBe('too_many_requests');
    const two = await start('ben');
    expect(await refusalOf(start('cem'))).toBe('too_many_requests');
    const reader = one.getReader();
    await reader.read();
    await reader.cancel();
    const three = await start('ana');
    await Promise.all([two.cancel(), three.cancel()]);
    const [left] = await core.sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM audit_entry WHERE detail->>'ended' = 'reader_left'`,
    );
    expect(left?.n).toBe(3);
  });

  /** A clock that stands still until it is told how late it is. */
  function readerClock(): ReaderClock & { at: number; advance(ms: number): void } {
    let due: { at: number; then: () => void }[] = [];
    return {
      at: 0,
      now() {
        return this.at;
      },
      after(ms, then) {
        const entry = { at: this.at + ms, then };
        due.push(entry);
        return () => {
          due = due.filter((each) => each !== entry);
        };
      },
      advance(ms) {
        this.at += ms;
        for (const { then } of due.filter(({ at }) => at <= this.at)) then();
      },
    };
  }

  /** Takes a piece, waits, takes the next. How often it got one, and how the file ended. */
  async function readSlowly(waitsMs: (taken: number) => number) {
    const clock = readerClock();
    const reader = (await exportVerifications(ana, { ...everything, format: 'ndjson' }, { clock })).getReader();
    let taken = 0;
    let bytes = 0;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return { taken, bytes, end: 'complete' };
        taken += 1;
        bytes += value.length;
        expect(value.length).toBeLessThanOrEqual(READER.pieceBytes);
        clock.advance(waitsMs(taken));
      }
    } catch {
      return { taken, bytes, end: 'broken off' };
    }
  }
  const seconds = (bytesPerSecond: number) => (READER.pieceBytes / bytesPerSecond) * 1_000;

  test('a reader far slower than a phone loses its place, however often it comes back for a little', async () => {
    const { taken, end } = await readSlowly(() => seconds(1_024));
    expect(end).toBe('broken off');
    expect(taken).toBeLessThan(5);
    expect((await readSlowly(() => READER.waitMsMax + 1)).taken).toBe(1);
    // The place is free again.
    expect((await readSlowly(() => 0)).end).toBe('complete');
  });

  test('a slow line, and one that is gone for a minute and a half, get the whole file', async () => {
    const whole = await readSlowly(() => 0);
    expect(whole.taken).toBeGreaterThan(8);
    expect(await readSlowly(() => seconds(10 * 1_024))).toEqual(whole);
    expect(await readSlowly((taken) => (taken === 4 ? 90_000 : seconds(24 * 1_024)))).toEqual(whole);
  });

  test('an export ends after an hour, whoever reads it', async () => {
    const clock = readerClock();
    const reader = (await exportVerifications(ana, { ...everything, format: 'csv' }, { clock })).getReader();
    await reader.read();
    clock.at += READER.totalMsMax + 1;
    await expect(reader.read()).rejects.toThrow();
    const [last] = await core.sql<{ ended: string }>(
      `SELECT detail->>'ended' AS ended FROM audit_entry WHERE action = 'verifications.export_end' ORDER BY id DESC LIMIT 1`,
    );
    expect(last?.ended).toBe('time_over');
  });
});
