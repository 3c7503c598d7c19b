import { sanitizeLine } from '../lib/sanitize.ts';

/**
 * Text from anywhere as inert Markdown on one line: every character that Markdown, HTML or GitHub's autolinks could
 * take for markup becomes a numeric character reference, which renders as the character itself.
 */
export function escapeMarkdown(text: string): string {
  return sanitizeLine(text)
    .replace(/[!-+:;<=>?@[-`{-~]/g, (char) => `&#${String(char.codePointAt(0))};`)
    .replace(/^(\s*)([-.])/, (_, space: string, char: string) => `${space}&#${String(char.codePointAt(0))};`)
    .replace(/^(\d+)\.(?=\s|$)/, '$1&#46;')
    .replace(/(www)\./gi, '$1&#46;');
}

/** A table with a header row; every cell is escaped. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(header), `|${' --- |'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}
