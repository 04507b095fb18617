import type { AnalyticsView, Filter } from './search-params';

/** Without countries and use cases that there are not: the bar shows which filters hold, and figures of nothing would look like figures. */
export function withKnown(
  view: AnalyticsView,
  isKnown: { country(value: string): boolean; useCase(value: string): boolean },
): AnalyticsView {
  const among = (filter: Filter | null, isOne: (value: string) => boolean): Filter | null => {
    const values = filter?.values.filter(isOne) ?? [];
    return filter && values.length > 0 ? { ...filter, values } : null;
  };
  return { ...view, country: among(view.country, isKnown.country), use_case: among(view.use_case, isKnown.useCase) };
}
