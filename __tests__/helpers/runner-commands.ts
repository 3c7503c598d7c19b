/** What GitHub's runner would take for a workflow command in a log, after its own rules; lines end at CR too. */
export function findWorkflowCommands(text: string): string[] {
  return text.split(/\r\n|\r|\n/).filter((line) => isV2(line) || isV1(line));
}

function isV2(line: string): boolean {
  const trimmed = line.trimStart();
  return trimmed.startsWith('::') && trimmed.includes('::', 2);
}

function isV1(line: string): boolean {
  const start = line.indexOf('##[');
  return start >= 0 && line.includes(']', start);
}
