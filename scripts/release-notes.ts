/**
 * What the changelog says of a version.
 *
 * @param version without `v`.
 * @throws Error when it says nothing.
 */
export function releaseNotes(changelog: string, version: string): string {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  const notes = section?.slice(section.indexOf('\n')).trim() ?? '';
  if (notes === '') throw new Error(`CHANGELOG.md says nothing of ${version}: ## [${version}] - YYYY-MM-DD`);
  return `${notes}\n`;
}
