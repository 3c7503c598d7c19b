import { CST, Lexer } from 'yaml';

/** Deeper nesting than any cluster file needs; the parser recurses, and would run out of stack at some thousand. */
const MAX_DEPTH = 60;

/** A file for a thousand hosts has half as many; the parser takes some microseconds for each. */
const MAX_TOKENS = 100_000;

/** Whether there are too many tokens; or brackets, or indicators on one line such as `- - -`, are nested too deeply to be composed. */
export function isTooComplex(text: string): boolean {
  let brackets = 0;
  let indicators = 0;
  let tokens = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MAX_TOKENS) return true;
    const type = CST.tokenType(token);
    if (type === 'flow-seq-start' || type === 'flow-map-start') brackets += 1;
    else if (type === 'flow-seq-end' || type === 'flow-map-end') brackets -= 1;
    else if (type === 'newline') indicators = 0;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'map-value-ind')
      indicators += 1;
    if (brackets + (brackets === 0 ? indicators : 0) > MAX_DEPTH) return true;
  }
  return false;
}

/** Whether a value is nested deeper than that. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth > MAX_DEPTH || Object.values(value).some((child) => isTooDeep(child, depth + 1));
}
