import { expect, test } from '@jest/globals';
import { releaseNotes } from '../../scripts/release-notes.ts';

const changelog = `# Changelog

## [Unreleased]

## [1.10.0] - 2026-11-30

### Added

- More.

## [1.1.0] - 2026-11-01

- Less.
`;

test('the notes of a release are its section of the changelog', () => {
  expect(releaseNotes(changelog, '1.10.0')).toBe('### Added\n\n- More.\n');
  expect(releaseNotes(changelog, '1.1.0')).toBe('- Less.\n');
});

test.each(['1.1', '1.0.0', 'Unreleased'])('%s has none', (version) => {
  expect(() => releaseNotes(changelog, version)).toThrow(`CHANGELOG.md says nothing of ${version}`);
});
