import { COLUMNS, FIGURES, GRID_COLUMNS } from './columns';

/** The headings; they stay while the rows go by. */
export function SheetHead() {
  return (
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={1}
      className="sticky top-0 z-10 grid border-line border-b bg-surface text-ink-3 text-xs"
      style={{ gridTemplateColumns: GRID_COLUMNS }}
    >
      <span
        role="columnheader"
        tabIndex={-1}
        className="sticky left-0 z-10 flex h-8 items-center border-line border-r bg-surface pl-4"
      >
        Country
      </span>
      {COLUMNS.map(({ id, title, hint }) => (
        <span key={id} role="columnheader" tabIndex={-1} title={hint} className="flex h-8 items-center px-2.5">
          {title}
        </span>
      ))}
      {FIGURES.map(({ id, title }, at) => (
        <span
          key={id}
          role="columnheader"
          tabIndex={-1}
          title="Live traffic of the last 7 days"
          className={`flex h-8 items-center justify-end px-2.5 ${at === 0 ? 'border-line border-l' : ''}`}
        >
          {title} 7d
        </span>
      ))}
    </div>
  );
}
