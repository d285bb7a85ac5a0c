import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const forbidden = (message, ...selectors) => selectors.map((selector) => ({ selector, message }));
const clock = forbidden(
  'The clock, randomness and the environment each have one place: domain/clock-free rules take asOf, shells take `now`.',
  "CallExpression[callee.object.name='Date'][callee.property.name='now']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "CallExpression[callee.object.name='Math'][callee.property.name='random']",
  "MemberExpression[object.name='process'][property.name='env']",
);
const subset = forbidden(
  'Outside the portable subset of MongoDB (spec/README.md, Storage).',
  "Property[key.value=/^\\$(lookup|where|text|facet|merge|graphLookup|setWindowFields|unionWith|expr|exists|nin|nor|not|ne)$/]",
  "Property[key.name=/^\\$(lookup|where|text|facet|merge|graphLookup|setWindowFields|unionWith|expr|exists|nin|nor|not|ne)$/]",
  "CallExpression[callee.property.name=/^(startSession|withTransaction|watch)$/]",
  "Property[key.name=/^(arrayFilters|partialFilterExpression|expireAfterSeconds|sparse|collation)$/]",
);

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'build', '.almanac*', 'api/public', 'deploy'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['{catalogue,domain,formats,models,templates,activities,workflows,worker,api,cli}/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clock, ...subset] },
  },
  // In the sandbox of a workflow the clock is the engine's: deterministic, and the only one there is.
  { files: ['workflows/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...subset] } },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } } },
);
