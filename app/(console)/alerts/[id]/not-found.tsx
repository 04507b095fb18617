import { NoSuch } from '@/components/console/no-such';

export default function AlertNotFound() {
  return <NoSuch title="No such alert" list="All alerts" href="/alerts" />;
}
