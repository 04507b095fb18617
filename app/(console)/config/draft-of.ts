import { cache } from 'react';
import { readDraft } from '@/lib/operations/configuration/read-draft';

/**
 * What is live and the person's own draft, asked for once per request: the page and the bar below it show the same moment.
 * An action asks readDraft itself, since it changes what there is to see.
 */
export const draftOf = cache(readDraft);
