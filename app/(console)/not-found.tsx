import { NoSuch } from '@/components/console/no-such';

/** Within the shell, which has the wordmark already. */
export default function PageNotFound() {
  return <NoSuch title="Page not found" list="To the overview" href="/overview" />;
}
