import * as core from '@actions/core';

/** A shorter line of a longer secret, such as the end of a key, would turn ordinary words into stars. */
const MIN_LINE = 6;

/**
 * Hides a secret in the job's log. A value with several lines is hidden line by line, since the runner compares single
 * lines; lines that are the same in every key are left alone.
 */
export function maskSecret(value: string): void {
  const lines = value
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^-----(BEGIN|END) [A-Z0-9 ]+-----$/.test(line));
  for (const line of lines) {
    if (lines.length === 1 || line.length >= MIN_LINE) core.setSecret(line);
  }
}
