import { type ClassValue, clsx } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

// tailwind-merge only knows Tailwind's own scale: our names have to be told apart from colours.
const merge = extendTailwindMerge({
  extend: {
    classGroups: {
      'font-size': [{ text: ['2xs', 'xs', 'sm', 'base', 'lg', 'xl', '2xl'] }],
      rounded: [{ rounded: ['tag', 'control', 'panel', 'full', 'none'] }],
    },
  },
});

/** Class names joined; a later class of the same kind wins over an earlier one. */
export function classNames(...values: ClassValue[]): string {
  return merge(clsx(values));
}
