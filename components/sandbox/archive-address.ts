/** Where the browser downloads an archive of a sandbox that was removed. */
export function archiveAddress(id: string): string {
  return `/api/archives/${encodeURIComponent(id)}`;
}
