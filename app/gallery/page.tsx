import { Inbox, Send } from 'lucide-react';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { ChannelBadge, ChannelGlyph } from '@/components/console/channel-badge';
import { CountryName } from '@/components/console/country';
import { Duration } from '@/components/console/duration';
import { MaskedPhone } from '@/components/console/masked-phone';
import { ReasonText } from '@/components/console/reason-text';
import { RouteTrail } from '@/components/console/route-trail';
import { Wordmark } from '@/components/console/sign';
import { Stat } from '@/components/console/stat';
import { StatusPill } from '@/components/console/status-pill';
import { TimeStamp } from '@/components/console/time-stamp';
import { lifeNames } from '@/components/console/timeline/life-names';
import { RelayStrip } from '@/components/console/timeline/relay-strip';
import { Timeline } from '@/components/console/timeline/timeline';
import { Badge } from '@/components/ui/badge';
import { Button, buttonStyle } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { FormMessage } from '@/components/ui/form-message';
import { Input } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';
import { Pagination } from '@/components/ui/pagination';
import { Panel, PanelHeading } from '@/components/ui/panel';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { Table, TableCell, TableHead, TableHeading, TableRow } from '@/components/ui/table';
import { Tabs } from '@/components/ui/tabs';
import { CHANNELS } from '@/lib/domain/channel';
import { FAILURE_REASONS } from '@/lib/domain/message/reasons';
import { MESSAGE_STATES } from '@/lib/domain/message/states';
import { VERIFICATION_STATUSES } from '@/lib/domain/verification/states';
import { env } from '@/lib/env';
import { Charts } from './charts';
import { Interactive } from './interactive';
import { EXAMPLE_LIVES } from './lives';

export const metadata: Metadata = { title: 'Gallery' };

/** Every component in every state: for building, for photographs, for people who choose between two greys. Not in production. */
export default function GalleryPage() {
  if (env().NODE_ENV === 'production' && env().WATCHWORD_GALLERY !== 'on') notFound();
  return (
    <main className="mx-auto flex max-w-6xl flex-col gap-10 px-4 py-8 sm:px-8">
      <header className="flex items-center gap-4">
        <Wordmark />
        <h1 className="font-semibold text-xl">Gallery</h1>
      </header>
      <Shelf name="Type">
        <p className="text-2xl">Two hundred codes</p>
        <p className="text-xl">Page heading</p>
        <p className="text-lg">Large</p>
        <p className="text-base">Base</p>
        <p className="text-sm">Small: what most of the console is set in</p>
        <p className="text-ink-2 text-sm">Secondary</p>
        <p className="text-ink-3 text-xs">Quiet, extra small</p>
        <p className="num">0123456789 vrf_0199f2c0a1b2</p>
      </Shelf>
      <Shelf name="Buttons">
        {(['primary', 'secondary', 'quiet', 'danger'] as const).map((tone) => (
          <div key={tone} className="flex gap-2">
            <Button tone={tone} size="small">
              Small
            </Button>
            <Button tone={tone}>
              <Send aria-hidden="true" className="size-3.5" /> {tone}
            </Button>
            <Button tone={tone} disabled>
              Disabled
            </Button>
            <Button tone={tone} isBusy>
              Busy
            </Button>
          </div>
        ))}
        <a href="#buttons" className={buttonStyle({ size: 'large' })}>
          A link, large
        </a>
      </Shelf>
      <Shelf name="Fields">
        <Field name="g-plain" label="Plain" hint="With a hint below it.">
          {(wiring) => <Input {...wiring} placeholder="Nothing yet" />}
        </Field>
        <Field name="g-wrong" label="Wrong" error="At least 12 characters">
          {(wiring) => <Input {...wiring} defaultValue="short" />}
        </Field>
        <Field name="g-off" label="Disabled" optional>
          {(wiring) => <Input {...wiring} disabled defaultValue="Cannot be changed" />}
        </Field>
        <Field name="g-select" label="Select">
          {(wiring) => (
            <Select {...wiring}>
              <option>Login</option>
              <option>Payment</option>
            </Select>
          )}
        </Field>
        <Checkbox label="Checkbox" defaultChecked />
        <Checkbox label="Disabled checkbox" disabled />
      </Shelf>
      <Shelf name="Messages">
        <FormMessage tone="bad">That e-mail and password do not match an account.</FormMessage>
        <FormMessage tone="warn">Wrong code. 3 left.</FormMessage>
        <FormMessage tone="good">Right code. Approved.</FormMessage>
        <FormMessage tone="note">Only the number ending in 21, found by its keyed hash.</FormMessage>
      </Shelf>
      <Shelf name="Words of the house">
        {VERIFICATION_STATUSES.map((status) => (
          <StatusPill key={status} status={status} />
        ))}
        {CHANNELS.map((channel) => (
          <ChannelBadge key={channel} channel={channel} />
        ))}
        {CHANNELS.map((channel) => (
          <ChannelGlyph key={channel} channel={channel} className="size-6" />
        ))}
        {(['neutral', 'outline', 'accent', 'good', 'wait', 'warn', 'bad'] as const).map((tone) => (
          <Badge key={tone} tone={tone}>
            {tone}
          </Badge>
        ))}
        {MESSAGE_STATES.map((state) => (
          <RouteTrail key={state} messages={[{ channel: 'whatsapp', state }]} />
        ))}
        <RouteTrail
          messages={[
            { channel: 'whatsapp', state: 'failed' },
            { channel: 'sms', state: 'delivered' },
          ]}
        />
        <RouteTrail messages={[]} />
        <MaskedPhone masked="+55 ••••••••• 21" country="BR" />
        <CountryName country="IN" />
        <CountryName country="XX" />
        {[null, 0, 42, 4_200, 65_000, 90_000_000].map((ms) => (
          <Duration key={String(ms)} ms={ms} />
        ))}
        <TimeStamp at={new Date('2026-11-22T23:04:11.042Z')} timeZone="Asia/Kolkata" withMs />
        <Kbd>J</Kbd>
      </Shelf>
      <Shelf name="Reasons">
        {Object.keys(FAILURE_REASONS).map((reason) => (
          <ReasonText key={reason} reason={reason} providerCode="131026" />
        ))}
      </Shelf>
      <Shelf name="Panel, tabs, table, pages" isWide>
        <Tabs
          label="Example views"
          tabs={[
            { href: '#tabs', title: 'Here', isCurrent: true },
            { href: '#other', title: 'There', isCurrent: false },
          ]}
        />
        <Panel>
          <PanelHeading title="Panel" hint="with a hint" aside={<Button size="small">Action</Button>} />
          <dl className="grid grid-cols-3 gap-4 p-4">
            <Stat label="Request to phone" note="n 214">
              1.32 s
            </Stat>
            <Stat label="Cost">$0.0045</Stat>
            <Stat label="Unknown">–</Stat>
          </dl>
          <Table label="Example">
            <TableHead>
              <tr>
                <TableHeading>Country</TableHeading>
                <TableHeading className="text-right">Sent</TableHeading>
              </tr>
            </TableHead>
            <tbody>
              {['BR', 'ID', 'DE'].map((country) => (
                <TableRow key={country}>
                  <TableCell>
                    <CountryName country={country} />
                  </TableCell>
                  <TableCell className="num text-right">1,204</TableCell>
                </TableRow>
              ))}
            </tbody>
          </Table>
          <Pagination first="#first" next="#next">
            40 on this page
          </Pagination>
        </Panel>
        <Panel>
          <EmptyState
            picture={<Inbox aria-hidden="true" className="size-8" strokeWidth={1.25} />}
            title="No codes in this time"
            action={<Button>Look further back</Button>}
          >
            As soon as an app asks for a code, it stands here.
          </EmptyState>
        </Panel>
        <Panel className="p-4">
          <Skeleton className="w-1/2" />
          <Skeleton className="mt-2 w-1/3" />
        </Panel>
      </Shelf>
      <Shelf name="Open and close">
        <Interactive />
      </Shelf>
      <Shelf name="Charts" isWide>
        <Charts />
      </Shelf>
      {EXAMPLE_LIVES.map(({ name, life, now }) => (
        <Shelf key={name} name={`Timeline: ${name}`} isWide>
          <Panel>
            {life.messages.length > 0 ? (
              <div className="border-line border-b">
                <RelayStrip life={life} now={now} />
              </div>
            ) : null}
            <Timeline
              life={life}
              now={now}
              timeZone="UTC"
              names={lifeNames({ templates: [], policies: new Map() })}
              waiting={<p className="font-medium text-wait">Waiting for the code</p>}
            />
          </Panel>
        </Shelf>
      ))}
    </main>
  );
}

function Shelf({ name, isWide = false, children }: { name: string; isWide?: boolean; children: ReactNode }) {
  const id = name.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="mb-3 border-line border-b pb-1 text-ink-3 text-xs">
        {name}
      </h2>
      <div className={isWide ? 'flex flex-col gap-4' : 'flex flex-wrap items-center gap-4'}>{children}</div>
    </section>
  );
}
