const shared = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/scripts/strip-types.js' },
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/lib', '<rootDir>/dist'],
};

/** `unit` is what `npm test` runs; `act` runs workflows without a cluster; `e2e` needs the test bed. @type {import('jest').Config} */
export default {
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/__tests__/(act|e2e)/'],
    },
    { ...shared, displayName: 'act', testMatch: ['<rootDir>/__tests__/act/**/*.test.ts'] },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/__tests__/e2e/**/*.test.ts'] },
  ],
  coverageProvider: 'babel',
  // Entries run in the bundle's test, as processes.
  collectCoverageFrom: ['src/**/*.ts', '!src/{action,cli}/{main,post,production,cache-client}.ts'],
  coverageThreshold: { global: { lines: 90 } },
};
