import type { ClipboardEvent } from 'react';
import { copyBlock, pasteBlock, placeOfBlock, type Selection } from '@/lib/domain/configuration/sheet';
import type { SheetRow } from '@/lib/domain/configuration/sheet-rows';
import { titleOf } from './columns';
import { scopeName } from './scope-name';
import type { useSheetEdits } from './use-sheet-edits';

/** Copy and paste as a spreadsheet knows them: cells as lines and tabs. While a cell is edited they are the editor's. */
export function useSheetClipboard({
  edits,
  selection,
  visible,
  isEditing,
  mayWrite,
}: {
  edits: ReturnType<typeof useSheetEdits>;
  selection: Selection;
  visible: readonly SheetRow[];
  isEditing: boolean;
  mayWrite: boolean;
}) {
  const onCopy = (event: ClipboardEvent) => {
    if (isEditing) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', copyBlock(edits.entities, selection.scopes, selection.columns));
    edits.setSaid(`Copied ${selection.scopes.length * selection.columns.length} cells`);
  };

  const onPaste = (event: ClipboardEvent) => {
    if (isEditing || !mayWrite) return;
    event.preventDefault();
    const text = event.clipboardData.getData('text/plain');
    const place = placeOfBlock(
      text,
      selection,
      visible.map(({ scope }) => scope),
    );
    const { edits: pasted, problems } = pasteBlock(edits.entities, text, place);
    edits.apply(pasted, `Pasted ${pasted.length} cells`);
    const [first] = problems;
    if (first) {
      edits.setProblem(
        `${problems.length} ${problems.length === 1 ? 'cell was' : 'cells were'} not understood. ${scopeName(first.scope)} · ${titleOf(first.column)}: ${first.message}`,
      );
    }
  };

  return { onCopy, onPaste };
}
