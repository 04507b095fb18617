import { NoSuch } from '@/components/console/no-such';

export default function RuleNotFound() {
  return <NoSuch title="No such alert rule" list="All rules" href="/alerts/rules" />;
}
