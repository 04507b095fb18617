import { NoSuch } from '@/components/console/no-such';

export default function CountryNotFound() {
  return <NoSuch title="No such country" list="All countries" href="/config/countries" />;
}
