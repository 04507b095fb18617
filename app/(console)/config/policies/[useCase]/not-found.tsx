import { NoSuch } from '@/components/console/no-such';

export default function UseCaseNotFound() {
  return <NoSuch title="No such use case" list="All use cases" href="/config/policies" />;
}
