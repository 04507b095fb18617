import { NoSuch } from '@/components/console/no-such';

export default function TemplateNotFound() {
  return <NoSuch title="No such template" list="All templates" href="/config/templates" />;
}
