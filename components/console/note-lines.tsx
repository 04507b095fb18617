/** What an address asked for that the page does not show, said quietly under its filters. Nothing without notes. */
export function NoteLines({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return <p className="mb-3 break-words text-ink-2 text-xs">{notes.join(' ')}</p>;
}
