import { NoSuch } from '@/components/console/no-such';

export default function VersionNotFound() {
  return <NoSuch title="No such version" list="All changes" href="/config/changes" />;
}
