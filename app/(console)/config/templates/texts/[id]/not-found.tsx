import { NoSuch } from '@/components/console/no-such';

export default function TextNotFound() {
  return <NoSuch title="No such text" list="All templates" href="/config/templates" />;
}
