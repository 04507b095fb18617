import { spaced } from '@/components/console/words';
import type { Channel } from '@/lib/domain/channel';
import { templateKey, templateNames } from '@/lib/domain/template/key';

type Template = { id: string; channel: Channel; useCase: string | null; locale: string; providerName: string | null };
type Named = { templates: readonly Template[]; policies: ReadonlyMap<string, { name: string }> };

/** What the configuration calls what a verification names by a key. */
export type LifeNames = {
  policy(key: string): string;
  /** `SMS text pt_BR` for `tpl_…`; with its page, where it is still there. */
  template(key: string): { name: string; href: string | null };
};

export function lifeNames(configuration: Named): LifeNames {
  const nameOf = templateNames(configuration);
  return {
    policy: (key) => configuration.policies.get(key)?.name ?? spaced(key),
    template(given) {
      const key = templateKey(given);
      const found = configuration.templates.find(({ id, providerName }) => (providerName ?? id) === key);
      const page = found?.providerName ? encodeURIComponent(found.providerName) : `texts/${key}`;
      return { name: nameOf(key), href: found ? `/config/templates/${page}` : null };
    },
  };
}
