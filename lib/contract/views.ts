import { z } from 'zod';
import { cleanText } from '@/lib/contract/common';
import { VIEW } from '@/lib/domain/search/saved-view';

const name = z.string().trim().pipe(cleanText(1, VIEW.nameMax));

/** A search under a name. `query` is the list's address without its question mark. */
export const viewForm = z.object({
  name,
  query: cleanText(0, VIEW.queryMax),
  is_shared: z.boolean(),
});
export type ViewForm = z.output<typeof viewForm>;

export const viewChange = z.object({ id: z.uuid(), name, is_shared: z.boolean() });
export type ViewChange = z.output<typeof viewChange>;

export type SavedView = { id: string; name: string; query: string; isShared: boolean; isMine: boolean; owner: string };
