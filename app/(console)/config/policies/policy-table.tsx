import Link from 'next/link';
import { count, DASH } from '@/components/console/format';
import { Badge } from '@/components/ui/badge';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { type Entity, entityAs, type PolicyEntity, withDraft } from '@/lib/domain/configuration/entities';
import { packNamed } from '@/lib/domain/policy/packs';
import { isBuiltIn } from '@/lib/domain/policy/use-case-name';
import { LOW_SAMPLE_BELOW } from '@/lib/domain/stats/wilson';
import type { DraftView } from '@/lib/operations/configuration/read-draft';
import type { TrafficCell } from '@/lib/operations/configuration/traffic';
import type { FindingCounts } from '@/lib/operations/policies/finding-counts';
import { lifetimeWords } from './words';

export type PolicyRowView = {
  useCase: string;
  policy: PolicyEntity;
  /** What the draft does with it. */
  mark: 'new' | 'changed' | 'deleted' | null;
  traffic: { verifications: number; ended: number; approved: number } | null;
  findings: { severity: 'error' | 'warning' | 'note'; n: number } | null;
};

/** The use cases that are steered towards, and those that the draft takes away, built-in ones first. */
export function policyRows(
  view: DraftView,
  traffic: readonly TrafficCell[] | null,
  findings: FindingCounts,
): PolicyRowView[] {
  const wanted = withDraft(view.live, view.draft);
  const changed = new Set(view.changes.map(({ entity }) => entity));
  const keys = [...new Set([...Object.keys(view.live), ...Object.keys(wanted)])].filter((key) =>
    key.startsWith('policies/'),
  );
  return keys
    .map((key): PolicyRowView => {
      const useCase = key.slice('policies/'.length);
      const mark = !(key in wanted) ? 'deleted' : !(key in view.live) ? 'new' : changed.has(key) ? 'changed' : null;
      const cells = traffic?.filter((cell) => cell.useCase === useCase) ?? null;
      const sum = (field: 'verifications' | 'ended' | 'approved') =>
        cells?.reduce((total, cell) => total + cell[field], 0) ?? 0;
      return {
        useCase,
        policy: entityAs('policies', (wanted[key] ?? view.live[key]) as Entity),
        mark,
        traffic: cells && { verifications: sum('verifications'), ended: sum('ended'), approved: sum('approved') },
        findings: findings.get(useCase) ?? null,
      };
    })
    .sort((a, b) => rankOf(a) - rankOf(b) || a.policy.name.localeCompare(b.policy.name));
}
/** Built-in ones, then one's own, then packs in their order. */
const rankOf = ({ useCase, policy }: PolicyRowView): number => (isBuiltIn(useCase) ? 0 : policy.pack === null ? 1 : 2);

const MARKS = {
  new: { tone: 'good', word: 'new in your draft' },
  changed: { tone: 'accent', word: 'changed in your draft' },
  deleted: { tone: 'bad', word: 'deleted in your draft' },
} as const;

export function PolicyTable({ rows }: { rows: readonly PolicyRowView[] }) {
  return (
    <Table label="Use cases">
      <TableHead>
        <tr>
          <TableHeading>Use case</TableHeading>
          <TableHeading className="text-right">Lifetime</TableHeading>
          <TableHeading className="hidden md:table-cell">Code</TableHeading>
          <TableHeading className="hidden text-right md:table-cell">Checks</TableHeading>
          <TableHeading className="hidden text-right md:table-cell">Resends</TableHeading>
          <TableHeading className="hidden text-right sm:table-cell">Verifications, 7 days</TableHeading>
          <TableHeading className="hidden text-right sm:table-cell">Conversion</TableHeading>
          <TableHeading className="text-right">Findings</TableHeading>
        </tr>
      </TableHead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.useCase} row={row} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ row: { useCase, policy, mark, traffic, findings } }: { row: PolicyRowView }) {
  const pack = policy.pack === null ? null : (packNamed(policy.pack)?.name ?? policy.pack);
  return (
    <TableRow className="hover:bg-hover has-focus-visible:bg-hover">
      <TableCell className="min-w-[10rem] py-2 sm:min-w-[13rem]">
        <Link
          href={`/config/policies/${useCase}`}
          prefetch={false}
          className="font-medium after:absolute after:inset-0 hover:underline"
        >
          {policy.name}
        </Link>
        <span className="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-3 text-xs">
          <span className="num">{useCase}</span>
          {pack ? <Badge tone="outline">{pack}</Badge> : null}
          {policy.bindsTransaction ? <Badge tone="outline">binds the transaction</Badge> : null}
          {mark ? <Badge tone={MARKS[mark].tone}>{MARKS[mark].word}</Badge> : null}
        </span>
      </TableCell>
      <TableCell className="num whitespace-nowrap text-right">{lifetimeWords(policy.lifetimeSeconds)}</TableCell>
      <TableCell className="hidden whitespace-nowrap md:table-cell">
        <span className="num">{policy.codeLength}</span>{' '}
        <span className="text-ink-3">{policy.alphabet === 'digits' ? 'digits' : 'letters, digits'}</span>
      </TableCell>
      <TableCell className="num hidden text-right md:table-cell">{policy.checksMax}</TableCell>
      <TableCell className="num hidden text-right md:table-cell">{policy.resendsMax}</TableCell>
      <TableCell className="num hidden text-right sm:table-cell">
        {traffic ? count(traffic.verifications) : DASH}
      </TableCell>
      <TableCell className="num hidden whitespace-nowrap text-right sm:table-cell">
        <Conversion traffic={traffic} />
      </TableCell>
      <TableCell className="text-right">
        <Findings findings={findings} />
      </TableCell>
    </TableRow>
  );
}

/** Of the verifications that have ended; those still running are no failures yet. */
function Conversion({ traffic }: { traffic: PolicyRowView['traffic'] }) {
  if (!traffic || traffic.ended === 0) return DASH;
  const share = `${((traffic.approved / traffic.ended) * 100).toFixed(1)} %`;
  if (traffic.ended >= LOW_SAMPLE_BELOW) return share;
  return (
    <span className="text-ink-3" title={`Of ${traffic.ended}: a low sample`}>
      {share}
      <span className="sr-only"> (low sample)</span>*
    </span>
  );
}

const FINDING_TONES = { error: 'bad', warning: 'warn', note: 'neutral' } as const;

function Findings({ findings }: { findings: PolicyRowView['findings'] }) {
  if (!findings) return <span className="text-ink-3">none</span>;
  return (
    <Badge tone={FINDING_TONES[findings.severity]}>
      {findings.n} {findings.severity}
      {findings.n === 1 ? '' : 's'}
    </Badge>
  );
}
