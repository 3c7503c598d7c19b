/** Longest line that is let through, in characters. */
const MAX_LINE = 4_000;

/** Escape sequences: OSC, DCS and the like up to their terminator; CSI; and two-character ones. */
const ESCAPES = new RegExp(
  [
    '(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^\\x07\\x1b\\x9c\\n]*(?:\\x07|\\x1b\\\\|\\x9c)?',
    '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]?',
    '\\x1b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);

/** C0 but tab and newline, DEL, C1, and every invisible, bidi or otherwise formatting character. */
const INVISIBLE = /[^\P{Cc}\t\n]|\p{Cf}|\p{Default_Ignorable_Code_Point}/gu;

/**
 * Host output made harmless: no terminal escapes, control, bidi or invisible characters, no lone surrogates, every
 * line at most 4,000 characters long, and none that GitHub's runner would take as a workflow command. A CR or CR LF
 * becomes one newline. What is ordinary text stays as it is; sanitising twice changes nothing more.
 */
export function sanitizeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(ESCAPES, '')
    .replace(INVISIBLE, '')
    .split('\n')
    .map(breakCommands)
    .map(boundLine)
    .join('\n');
}

/** The same for a single line: newlines become spaces. */
export function sanitizeLine(text: string): string {
  return boundLine(breakCommands(sanitizeText(text).replaceAll('\n', ' ')));
}

function boundLine(line: string): string {
  return line.length <= MAX_LINE ? line : `${line.slice(0, MAX_LINE - 1).toWellFormed()}…`;
}

/** The runner takes `::` after any leading whitespace, and `##[` anywhere in a line. */
function breakCommands(line: string): string {
  return line.replace(/^(\s*):(?=:)/, '$1: ').replace(/##(?=\[)/g, '## ');
}
