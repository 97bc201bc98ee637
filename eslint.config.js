import tseslint from 'typescript-eslint';

/** Time and chance enter as arguments; only the edge, the CLI and the tests may ask the machine for them. */
const ambient = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Take the time as an argument.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take the time as an argument.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Take chance as an argument.' },
  { selector: "CallExpression[callee.name=/^set(Timeout|Interval|Immediate)$/]", message: 'Use the Timer process.' },
  // On Node 20, each object that begins with a spread and adds to it gets a hidden class of its own: slow to make and to read, and large.
  { selector: "ObjectExpression[properties.length>1] > SpreadElement:first-child > Identifier[name='input']", message: 'Spread the input last.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
];

export default tseslint.config(
  { ignores: ['build/', 'build-*/', 'node_modules/', '.library/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    // That one is generated.
    ignores: ['src/process/mailboxes.ts'],
    rules: { 'max-len': ['error', { code: 150, ignoreUrls: true }] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/edge/**', 'src/cli/**', 'src/web/page/**'],
    rules: { 'no-restricted-syntax': ['error', ...ambient] },
  },
  { files: ['src/kernel/**', 'test/**'], rules: { '@typescript-eslint/no-explicit-any': 'off' } },
);
