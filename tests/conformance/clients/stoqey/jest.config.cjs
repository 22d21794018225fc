// Runs the suite that @stoqey/ib ships, compiled, where npm put it.
const { dirname, join } = require('node:path');

const tests = join(dirname(require.resolve('@stoqey/ib/package.json')), 'dist', 'tests');

module.exports = {
  rootDir: tests,
  haste: { retainAllFiles: true }, // Jest leaves out node_modules otherwise
  testMatch: ['**/*.test.js'],
  testPathIgnorePatterns: [],
  transform: {},
  testEnvironment: join(tests, 'nodb-test-environment.js'),
  setupFilesAfterEnv: [join(tests, 'setup.js')],
};
