import { unstable_rethrow } from 'next/navigation';
import { isRefusal, wordsOf } from '@/lib/domain/errors';
import { log } from '@/lib/telemetry/log';

/** A question with a late or broken answer leaves its own panel empty, not the page. */
export async function ask<Answer>(question: Promise<Answer>): Promise<{ answer: Answer } | { fault: string }> {
  try {
    return { answer: await question };
  } catch (error) {
    unstable_rethrow(error);
    if (isRefusal(error)) {
      if (error.code === 'forbidden') throw error;
      return { fault: wordsOf(error) };
    }
    log().error({ error: error instanceof Error ? error.stack : String(error) }, 'analytics.question_failed');
    return { fault: 'These figures could not be had right now. Codes are sent and checked all the same.' };
  }
}
