import { Tabs } from '@/components/ui/tabs';

const VIEWS = [
  { href: '/config/policies', title: 'Use cases' },
  { href: '/config/policies/packs', title: 'Industry packs' },
  { href: '/config/policies/limits', title: 'Send limits' },
];

/** The three views of this room. */
export function RoomTabs({ current }: { current: string }) {
  return (
    <div className="mb-5">
      <Tabs label="Views" tabs={VIEWS.map((view) => ({ ...view, isCurrent: view.href === current }))} />
    </div>
  );
}
