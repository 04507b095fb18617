/** Every picture that needs recharts, behind one door: whoever shows two kinds loads the library once. */
export { DurationPicture } from '@/components/charts/duration-picture';
export { TimePicture } from '@/components/charts/time-picture';
