'use client';

import { useEffect, useState } from 'react';
import { type Judgement, judgeTyped } from './actions';
import type { PolicyFields } from './fields';

/** Somebody who types a number pauses about this long when they are done. */
const PAUSE_MS = 400;

/** What schema and lint say about the form, soon after the typing pauses; until then what they said before. */
export function useJudgement(
  useCase: string,
  fields: PolicyFields,
  first: Judgement,
): Judgement & { isStale: boolean } {
  const typed = JSON.stringify(fields);
  const [said, setSaid] = useState({ ...first, about: typed });
  useEffect(() => {
    if (said.about === typed) return;
    let isGone = false;
    const timer = setTimeout(() => {
      judgeTyped(useCase, JSON.parse(typed) as PolicyFields).then(
        (judgement) => {
          if (!isGone) setSaid({ ...judgement, about: typed });
        },
        // Away from the server the form still says what it can by itself.
        () => undefined,
      );
    }, PAUSE_MS);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [useCase, typed, said.about]);
  return { errors: said.errors, findings: said.findings, isStale: said.about !== typed };
}
