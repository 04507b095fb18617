import { NoSuch } from '@/components/console/no-such';

export default function ConnectionNotFound() {
  return <NoSuch title="No such connection" list="All connections" href="/config/connections" />;
}
