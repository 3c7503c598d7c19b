import { contentLabel, label, roleLabel } from '../constants.ts';
import type { Docker } from '../engine/docker.ts';

type Role = 'host' | 'services';

/** Containers of this role, by id; with `content`, those alone that run and were made from just that. */
export function find(docker: Docker, role: Role, content?: string): Promise<string[]> {
  const filters = [`label=${label}`, `label=${roleLabel(role)}`];
  if (content !== undefined) filters.push(`label=${contentLabel(content)}`, 'status=running');
  return docker.lines(['ps', '--all', '--quiet', ...filters.flatMap((filter) => ['--filter', filter])]);
}

/** Removed with their anonymous volumes, all at once. */
export async function remove(docker: Docker, containers: readonly string[]): Promise<void> {
  await Promise.all(containers.map((id) => docker.run(['rm', '--force', '--volumes', id])));
}

export function labelArgs(role: Role, content: string): string[] {
  return [label, roleLabel(role), contentLabel(content)].flatMap((text) => ['--label', text]);
}
