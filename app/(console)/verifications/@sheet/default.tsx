/** Loaded by its own address a verification is a page: no sheet. */
export default function NoSheet() {
  return null;
}
