import { FormMessage } from '@/components/ui/form-message';
import { Kbd } from '@/components/ui/kbd';
import type { Cell } from '@/lib/domain/configuration/sheet';
import { scopeName } from './scope-name';

/** Below the sheet: what went wrong, where one is, what was just done, and the keys. */
export function SheetFoot({
  problem,
  place,
  cell,
  said,
  mayWrite,
}: {
  problem: string | null;
  /** The active cell by name, or how many are selected. */
  place: string | null;
  /** Of the active cell, when it is alone. */
  cell: Cell | null;
  said: string;
  mayWrite: boolean;
}) {
  return (
    <div className="flex min-h-10 flex-wrap items-center gap-x-4 gap-y-1 border-line border-t px-4 py-2 text-ink-3 text-xs">
      {problem ? (
        <FormMessage tone="bad" className="w-full">
          {problem}
        </FormMessage>
      ) : null}
      <span>
        {place === null ? null : <span className="text-ink-2">{place}</span>}
        {cell === null ? null : cell.own === null ? ` inherits from ${fromWords(cell.from)}` : ' is its own'}
      </span>
      <span role="status" className="text-ink-2">
        {said}
      </span>
      {mayWrite ? (
        <span className="ml-auto hidden items-center gap-3 lg:flex">
          <Hint keys={['Enter']}>edit, fills the selection</Hint>
          <Hint keys={['Shift', '↓']}>select</Hint>
          <Hint keys={['Del']}>inherit</Hint>
          <Hint keys={['Ctrl', 'D']}>fill down</Hint>
          <Hint keys={['Ctrl', 'V']}>paste</Hint>
          <Hint keys={['Ctrl', 'Z']}>undo</Hint>
        </span>
      ) : null}
    </div>
  );
}

const fromWords = (scope: string) =>
  scope === 'built_in' ? 'the built-in default' : scope === 'global' ? 'every country' : scopeName(scope);

function Hint({ keys, children }: { keys: string[]; children: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keys.map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
      {children}
    </span>
  );
}
