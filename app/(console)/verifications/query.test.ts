import { expect, test } from 'vitest';
import { queryOf as auditQueryOf } from '../audit/query';
import { loadView as loadAuditView } from '../audit/search-params';
import { anchored, queryOf } from './query';
import { hrefWith, loadView } from './search-params';

const now = new Date('2026-11-22T12:00:00Z');
const CUSTOM = 'range=custom&from=2026-11-20T09:00&to=2026-11-20T10:00';
const HOUR = { createdAfter: new Date('2026-11-20T00:00:00Z'), createdBefore: new Date('2026-11-20T01:00:00Z') };

test('a custom range that names its zone is the same time to every viewer, of the list and of the audit log', () => {
  const address = new URLSearchParams(`${CUSTOM}&timezone=Asia/Tokyo`);
  for (const viewerZone of ['UTC', 'America/Sao_Paulo', 'Asia/Tokyo']) {
    expect(queryOf(loadView(address), now, viewerZone).query).toMatchObject(HOUR);
    expect(auditQueryOf(loadAuditView(address), now, viewerZone, 1)).toMatchObject({
      after: HOUR.createdAfter.toISOString(),
      before: HOUR.createdBefore.toISOString(),
    });
  }
  expect(queryOf(loadView(new URLSearchParams(CUSTOM)), now, 'Asia/Tokyo').query).toMatchObject(HOUR);
});

test('a view is kept with the zone that its times were chosen in, and with none where it counts back from now', () => {
  const kept = anchored(loadView(new URLSearchParams(CUSTOM)), 'Asia/Tokyo');
  const opened = loadView(new URLSearchParams(hrefWith(kept, {}).split('?')[1]));
  expect(queryOf(opened, now, 'America/Sao_Paulo').query).toMatchObject(HOUR);
  expect(anchored(kept, 'UTC').timezone).toBe('Asia/Tokyo');
  expect(anchored(loadView(new URLSearchParams('range=7d&timezone=Asia/Tokyo')), 'UTC').timezone).toBeNull();
});
