/** A stream that text is printed to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

const codes = { red: 31, green: 32, yellow: 33, dim: 2 } as const;

export type Color = keyof typeof codes;
export type Paint = (text: string, color: Color) => string;

/** Colours text, or leaves it alone. */
export function painter(enabled: boolean): Paint {
  return (text, color) => (enabled ? `\u001b[${String(codes[color])}m${text}\u001b[0m` : text);
}
