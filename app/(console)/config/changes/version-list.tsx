import Link from 'next/link';
import { count, money } from '@/components/console/format';
import { TimeStamp } from '@/components/console/time-stamp';
import { Badge } from '@/components/ui/badge';
import { Pagination } from '@/components/ui/pagination';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import type { VersionSummary } from '@/lib/operations/configuration/versions';

/** Who published what, when and why. */
export function VersionList({
  versions,
  head,
  hasMore,
  timeZone,
}: {
  versions: readonly VersionSummary[];
  head: number;
  hasMore: boolean;
  timeZone: string;
}) {
  const oldest = versions.at(-1)?.version ?? 1;
  return (
    <>
      <Table label="Published versions">
        <TableHead>
          <tr>
            <TableHeading>Version</TableHeading>
            <TableHeading>Why</TableHeading>
            <TableHeading className="hidden text-right sm:table-cell">Changes</TableHeading>
            <TableHeading className="hidden text-right lg:table-cell">Touched, 7 days before</TableHeading>
            <TableHeading className="hidden md:table-cell">Who</TableHeading>
            <TableHeading className="text-right">When</TableHeading>
          </tr>
        </TableHead>
        <tbody>
          {versions.map((version) => (
            <TableRow key={version.version} className="focus-within:bg-hover hover:bg-hover">
              <TableCell className="whitespace-nowrap">
                <Link
                  href={`/config/changes/${version.version}`}
                  prefetch={false}
                  data-row=""
                  className="row-link num font-medium"
                >
                  {version.version}
                </Link>
                {version.version === head ? (
                  <Badge tone="good" className="ml-2">
                    live
                  </Badge>
                ) : null}
              </TableCell>
              <TableCell className="max-w-[28rem]">
                <span className="line-clamp-2">{version.note}</span>
                {version.rollsBackTo === null ? null : (
                  <span className="text-ink-3 text-xs">goes back to version {version.rollsBackTo}</span>
                )}
              </TableCell>
              <TableCell className="num hidden text-right sm:table-cell">{count(version.changes.length)}</TableCell>
              <TableCell className="num hidden whitespace-nowrap text-right text-ink-2 lg:table-cell">
                {count(version.impact.verifications)} · {money(version.impact.costMicros)}
              </TableCell>
              <TableCell className="hidden max-w-40 truncate text-ink-2 md:table-cell">{authorOf(version)}</TableCell>
              <TableCell className="text-right text-ink-3 text-xs">
                <TimeStamp at={version.at} timeZone={timeZone} breaksWhenNarrow />
              </TableCell>
            </TableRow>
          ))}
        </tbody>
      </Table>
      <Pagination
        first={versions[0] && versions[0].version < head ? '/config/changes' : null}
        next={hasMore ? `/config/changes?before=${oldest}` : null}
      >
        {versions.length} on this page
      </Pagination>
    </>
  );
}

export const authorOf = ({ actor }: VersionSummary): string =>
  actor.kind === 'user' ? (actor.name ?? actor.email ?? 'somebody') : (actor.what ?? actor.kind);
