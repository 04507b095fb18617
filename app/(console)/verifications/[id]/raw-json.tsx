import { CopyButton } from '@/components/ui/copy-button';
import { Panel } from '@/components/ui/panel';
import type { VerificationLife } from '@/lib/contract/verifications';

/** What GET /api/v1/verifications/{id} answers. */
export function RawJson({ life }: { life: VerificationLife }) {
  const text = JSON.stringify(life, null, 2);
  return (
    <Panel className="mt-4">
      <header className="flex items-center gap-3 border-line border-b py-1.5 pr-2 pl-4">
        <p className="num truncate text-ink-3 text-xs">GET /api/v1/verifications/{life.id}</p>
        <span className="ml-auto">
          <CopyButton value={text} label="Copy the JSON">
            Copy
          </CopyButton>
        </span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <pre tabIndex={0} className="num max-h-[70dvh] overflow-auto p-4 text-xs leading-5 tracking-normal">
        {colour(text)}
      </pre>
    </Panel>
  );
}

/** Names in one ink, strings in another: enough to find one's way, without a highlighter. */
function colour(text: string) {
  return text.split('\n').map((row, index) => {
    const [, indent = '', name, rest = row] = /^(\s*)("[^"]+"): (.*)$/.exec(row) ?? [];
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text.
      <span key={index} className="block whitespace-pre">
        {indent}
        {name ? <span className="text-ink-3">{name}: </span> : null}
        <span className={/^"/.test(rest.trim()) ? 'text-accent' : 'text-ink'}>{rest}</span>
      </span>
    );
  });
}
