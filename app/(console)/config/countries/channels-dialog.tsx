'use client';

import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { ChannelGlyph } from '@/components/console/channel-badge';
import { CHANNEL_WORDS } from '@/components/console/words';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { Input } from '@/components/ui/input';
import { CHANNELS, type Channel } from '@/lib/domain/channel';
import type { RouteChannel } from '@/lib/domain/routing/country-route';

export type ConnectionChoice = { id: string; name: string; channels: Channel[]; enabled: boolean };

/** The order of a route's channels, whether each is on, and how its connections share it. By buttons, not only by hand. */
export function ChannelsDialog({
  title,
  isOpen,
  onClose,
  value,
  connections,
  onSave,
  onInherit,
}: {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  value: readonly RouteChannel[];
  connections: readonly ConnectionChoice[];
  onSave: (value: RouteChannel[]) => void;
  onInherit: (() => void) | null;
}) {
  const [list, setList] = useState<RouteChannel[]>([...value]);
  useEffect(() => {
    if (isOpen) setList([...value]);
  }, [isOpen, value]);
  const change = (at: number, more: Partial<RouteChannel>) =>
    setList(list.map((entry, n) => (n === at ? { ...entry, ...more } : entry)));
  const move = (at: number, by: -1 | 1) => {
    const next = [...list];
    const [entry] = next.splice(at, 1);
    if (entry) next.splice(at + by, 0, entry);
    setList(next);
  };
  const missing = CHANNELS.filter(
    (channel) =>
      !list.some((entry) => entry.channel === channel) &&
      connections.some(({ channels }) => channels.includes(channel)),
  );

  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <ol className="flex flex-col gap-2">
        {list.map((entry, at) => {
          const name = CHANNEL_WORDS[entry.channel];
          const serving = connections.filter(({ channels }) => channels.includes(entry.channel));
          return (
            <li key={entry.channel} className="rounded-control border border-line p-3">
              <div className="flex items-center gap-2">
                <span className="num w-4 text-ink-3 text-xs">{at + 1}</span>
                <ChannelGlyph channel={entry.channel} />
                <span className="font-medium text-sm">{name}</span>
                <span className="ml-auto flex gap-1">
                  <Button
                    size="icon-small"
                    tone="quiet"
                    aria-label={`Move ${name} up`}
                    disabled={at === 0}
                    onClick={() => move(at, -1)}
                  >
                    <ArrowUp aria-hidden="true" className="size-3.5" />
                  </Button>
                  <Button
                    size="icon-small"
                    tone="quiet"
                    aria-label={`Move ${name} down`}
                    disabled={at === list.length - 1}
                    onClick={() => move(at, 1)}
                  >
                    <ArrowDown aria-hidden="true" className="size-3.5" />
                  </Button>
                  <Button
                    size="icon-small"
                    tone="quiet"
                    aria-label={`Take ${name} out`}
                    disabled={list.length === 1}
                    onClick={() => setList(list.filter((_, n) => n !== at))}
                  >
                    <X aria-hidden="true" className="size-3.5" />
                  </Button>
                </span>
              </div>
              <div className="mt-2 flex flex-col gap-1.5 pl-6">
                <Checkbox
                  label="On"
                  checked={entry.enabled}
                  onChange={(event) => change(at, { enabled: event.target.checked })}
                />
                {serving.map((connection) => {
                  const chosen = entry.connections.find(({ id }) => id === connection.id);
                  return (
                    <div key={connection.id} className="flex items-center gap-2 text-sm">
                      <Checkbox
                        className="min-w-0 flex-1"
                        label={`${connection.name}${connection.enabled ? '' : ' (switched off)'}`}
                        checked={chosen !== undefined}
                        onChange={(event) =>
                          change(at, {
                            connections: event.target.checked
                              ? [...entry.connections, { id: connection.id, weight: 1 }]
                              : entry.connections.filter(({ id }) => id !== connection.id),
                          })
                        }
                      />
                      {chosen ? (
                        <span className="flex items-center gap-1.5 text-ink-3 text-xs">
                          <span>weight</span>
                          <Input
                            aria-label={`Weight of ${connection.name}`}
                            type="number"
                            min={0}
                            max={1000}
                            className="num h-7 w-16"
                            value={chosen.weight}
                            onChange={(event) =>
                              change(at, {
                                connections: entry.connections.map((each) =>
                                  each.id === connection.id
                                    ? {
                                        ...each,
                                        weight: Math.min(
                                          1000,
                                          Math.max(0, Math.trunc(Number(event.target.value) || 0)),
                                        ),
                                      }
                                    : each,
                                ),
                              })
                            }
                          />
                        </span>
                      ) : null}
                    </div>
                  );
                })}
                <p className="text-ink-3 text-xs">
                  {entry.connections.length === 0
                    ? 'Whichever connection serves the channel.'
                    : entry.connections.length === 1
                      ? 'Only this one.'
                      : 'Shared by weight; when one is down the others take over. Weight 0 only takes over.'}
                </p>
              </div>
            </li>
          );
        })}
      </ol>
      {missing.length > 0 ? (
        <div className="mt-3 flex flex-wrap gap-2">
          {missing.map((channel) => (
            <Button
              key={channel}
              size="small"
              onClick={() => setList([...list, { channel, enabled: true, connections: [] }])}
            >
              Add {CHANNEL_WORDS[channel]}
            </Button>
          ))}
        </div>
      ) : null}
      <div className="mt-5 flex justify-end gap-2">
        {onInherit ? (
          <Button tone="quiet" className="mr-auto" onClick={onInherit}>
            Inherit
          </Button>
        ) : null}
        <Button onClick={onClose}>Cancel</Button>
        <Button tone="primary" onClick={() => onSave(list)}>
          Save to draft
        </Button>
      </div>
    </Dialog>
  );
}
