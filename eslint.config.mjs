import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const TYPESCRIPT = ['**/*.ts', '**/*.tsx'];
const GLOBALS = {
  console: 'readonly',
  process: 'readonly',
  fetch: 'readonly',
  module: 'writable',
  require: 'readonly',
};

export default defineConfig(
  { ignores: ['dist/', 'build/', 'coverage/', 'data/', 'node_modules/', 'dashboard/dist/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: GLOBALS },
  },
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './dashboard/tsconfig.json', './test/browser/tsconfig.json'],
        tsconfigRootDir: process.cwd(),
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/consistent-type-exports': ['error', { fixMixedExportsWithInlineTypeSpecifier: true }],
      // A Nest module or marker class has no members of its own.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // `process.env['X']` is how the compiler wants an index signature to be read.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Nest's own option types are classes, and are written as literals everywhere.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
      // Views and parameters are classes for the sake of their decorators; they are data all the same.
      '@typescript-eslint/no-misused-spread': 'off',
      // Nest injects through constructors, so only other functions are counted.
      'no-restricted-syntax': [
        'error',
        ...[
          'FunctionDeclaration[params.length>4]',
          'ArrowFunctionExpression[params.length>4]',
          "MethodDefinition[kind!='constructor'] > FunctionExpression[params.length>4]",
        ].map((selector) => ({ selector, message: 'At most 4 parameters, then an options object.' })),
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'dashboard/**/*.ts', 'dashboard/**/*.tsx'],
    ignores: ['src/**/*.spec.ts'],
    rules: {
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50 }],
      'no-restricted-globals': ['error', '__dirname', '__filename', 'require'],
      'no-restricted-syntax': [
        'error',
        { selector: 'MetaProperty[meta.name="import"]', message: 'The sources are compiled to CommonJS.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts', '**/*.spec.ts', 'demo/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'no-console': 'off',
      // A test's `describe` is as long as what it describes.
      'max-lines-per-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
);
