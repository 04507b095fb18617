import { NoSuch } from '@/components/console/no-such';

export default function AppNotFound() {
  return <NoSuch title="No such app" list="All apps" href="/apps" />;
}
