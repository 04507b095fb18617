import { useMemo, useState, useTransition } from 'react';
import type { Entities } from '@/lib/domain/configuration/entities';
import { inverseOf, type SheetEdit, withEdits } from '@/lib/domain/configuration/sheet';
import { saveEdits } from '../draft-actions';
import { scopeName } from './scope-name';

type Step = { edits: SheetEdit[]; inverse: SheetEdit[] };
const STEPS_MAX = 100;

/**
 * What the sheet shows, at once, and how it gets into the person's draft. What the server refuses goes away again and is said;
 * every step can be taken back and done again.
 */
export function useSheetEdits(live: Entities, draft: Entities) {
  const [pending, setPending] = useState<SheetEdit[]>([]);
  const [, startSaving] = useTransition();
  const [done, setDone] = useState<Step[]>([]);
  const [undone, setUndone] = useState<Step[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const entities = useMemo(() => withEdits({ ...live, ...draft }, pending), [live, draft, pending]);

  const send = (edits: SheetEdit[]) => {
    setPending((before) => [...before, ...edits]);
    setProblem(null);
    startSaving(async () => {
      const result = await saveEdits(edits).catch(() => null);
      setPending((before) => before.filter((edit) => !edits.includes(edit)));
      if (result?.kind === 'taken') return;
      const first = result?.problems[0];
      setProblem(
        first
          ? `${first.path ? `${placeOf(first.path)}: ` : ''}${first.message.replace(/\.$/, '')}. Nothing of it was kept.`
          : 'The server could not be reached. Nothing of it was kept.',
      );
    });
  };

  /** Takes edits over; `words` tell it to who cannot see it. What changes nothing is no step. */
  const apply = (edits: SheetEdit[], words: string) => {
    const real = edits.filter(
      ({ entity, field, value }) => JSON.stringify(entities[entity]?.[field] ?? null) !== JSON.stringify(value),
    );
    if (real.length === 0) return;
    setDone((steps) => [...steps.slice(1 - STEPS_MAX), { edits: real, inverse: inverseOf(entities, real) }]);
    setUndone([]);
    setSaid(words);
    send(real);
  };

  const undo = () => {
    const step = done.at(-1);
    if (!step) return;
    setDone(done.slice(0, -1));
    setUndone([...undone, step]);
    setSaid('Undone');
    send(step.inverse);
  };
  const redo = () => {
    const step = undone.at(-1);
    if (!step) return;
    setUndone(undone.slice(0, -1));
    setDone([...done, step]);
    setSaid('Done again');
    send(step.edits);
  };

  return {
    entities,
    apply,
    undo: done.length > 0 ? undo : null,
    redo: undone.length > 0 ? redo : null,
    problem,
    setProblem,
    said,
    setSaid,
  };
}

/** `routes/country:BR/fallbackAfterSeconds` → Brazil. */
function placeOf(path: string): string {
  const scope = path.split('/')[1];
  return scope ? scopeName(scope) : path;
}
