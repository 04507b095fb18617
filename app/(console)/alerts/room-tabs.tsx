import { Tabs } from '@/components/ui/tabs';

const VIEWS = [
  { href: '/alerts', title: 'Alerts' },
  { href: '/alerts/rules', title: 'Rules' },
  { href: '/alerts/destinations', title: 'Destinations' },
];

/** The three views of this room. */
export function RoomTabs({ current }: { current: string }) {
  return (
    <div className="mb-5">
      <Tabs label="Views" tabs={VIEWS.map((view) => ({ ...view, isCurrent: view.href === current }))} />
    </div>
  );
}
