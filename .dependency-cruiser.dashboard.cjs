// The page is built by itself. Of the package it knows what the API answers, as types; no code is loaded for that.
const { forbidden, options } = require('./.dependency-cruiser.cjs');

const general = ['no-circles', 'public-entry-points-of-others', 'not-to-unresolvable', 'not-to-unlisted-package'];

module.exports = {
  forbidden: [
    ...forbidden.filter(({ name }) => general.includes(name)),
    {
      name: 'no-circles-in-the-dashboard',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-types-of-the-api',
      comment: 'The page runs in a browser: it takes no code from the package.',
      severity: 'error',
      from: { path: '^dashboard/' },
      to: { path: '^(src|test|demo|bench)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'types-in-one-place',
      severity: 'error',
      from: { path: '^dashboard/', pathNot: '^dashboard/src/api/types[.]ts$' },
      to: { path: '^(src|test|demo|bench)/' },
    },
    {
      name: 'pages-are-the-top',
      comment: 'Pages use what is below them, and nothing below uses a page.',
      severity: 'error',
      from: { path: '^dashboard/src/(api|state|ui|chart|payload)/' },
      to: { path: '^dashboard/src/(pages/|app|main)' },
    },
  ],
  options: { ...options, exclude: { path: '^(dist|build)/' } },
};
