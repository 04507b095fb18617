/** Every picture that needs recharts, behind one door: whoever shows two kinds loads the library once. */
export { DurationPicture } from '@/components/charts/duration-picture';
export { StackedHistogramPicture } from '@/components/charts/stacked-histogram-picture';
export { TimePicture } from '@/components/charts/time-picture';
