/** The list alone: a sheet that was open is closed by going back to it. */
export default function NoSheet() {
  return null;
}
