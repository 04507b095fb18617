import { countryName } from '@/components/console/format';

/** `country:BR` → Brazil, `region:asia` → Asia. */
export function scopeName(scope: string): string {
  if (scope === 'global') return 'Every country';
  const [kind, id = ''] = scope.split(':');
  return kind === 'country' ? countryName(id) : id.charAt(0).toUpperCase() + id.slice(1);
}
