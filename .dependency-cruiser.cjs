// Who may import whom. A folder that is not named here may import nothing of the others.
const LEAVES = ['errors', 'common', 'telemetry'];
const LEDGER = [...LEAVES, 'database'];
const FEATURES = [...LEDGER, 'stripe-api', 'sync-runs', 'events', 'customers', 'handlers'];
const MACHINERY = [...FEATURES, 'processing'];
const BELOW_THE_TOP = [...MACHINERY, 'dispatch', 'sync', 'endpoints', 'webhook'];

const MAY_IMPORT = {
  errors: [],
  common: [],
  telemetry: [],
  database: LEAVES,
  'stripe-api': LEAVES,
  'sync-runs': LEDGER,
  events: [...LEDGER, 'stripe-api'],
  envelopes: [...LEAVES, 'events'],
  handlers: [...LEDGER, 'stripe-api', 'events'],
  customers: [...LEDGER, 'stripe-api', 'sync-runs', 'events', 'handlers'],
  processing: FEATURES,
  dispatch: MACHINERY,
  sync: MACHINERY,
  endpoints: [...LEAVES, 'stripe-api', 'events', 'handlers'],
  webhook: [...MACHINERY, 'dispatch', 'sync'],
  admin: BELOW_THE_TOP,
  cli: BELOW_THE_TOP,
  observability: BELOW_THE_TOP,
};

// A relation or a handler's context names the customer's entity; no code is loaded for it.
const MAY_NAME_TYPES_OF = { events: ['customers'], handlers: ['customers'] };

const SPEC = '[.]spec[.]ts$';
const folders = (names) => `^src/(${names.join('|')})/`;

const directions = Object.entries(MAY_IMPORT).flatMap(([folder, allowed]) => {
  const types = MAY_NAME_TYPES_OF[folder] ?? [];
  const from = { path: `^src/${folder}/`, pathNot: SPEC };
  const rules = [
    {
      name: `direction-${folder}`,
      comment: `src/${folder} may import only: ${[...allowed, ...types].join(', ') || 'nothing'}.`,
      severity: 'error',
      from,
      to: { path: '^src/[^/]+/', pathNot: folders([folder, ...allowed, ...types]) },
    },
  ];
  if (types.length === 0) return rules;
  return rules.concat({
    name: `direction-${folder}-types`,
    comment: `src/${folder} may import only types of: ${types.join(', ')}.`,
    severity: 'error',
    from,
    to: { path: folders(types), dependencyTypesNot: ['type-only'] },
  });
});

module.exports = {
  forbidden: [
    ...directions,
    {
      name: 'every-folder-has-a-direction',
      comment: 'A new folder of src is given its place in MAY_IMPORT first.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `${folders([...Object.keys(MAY_IMPORT), 'testing'])}|${SPEC}` },
      to: {},
    },
    {
      name: 'no-circles',
      comment: 'Two files that need each other cannot be understood, or loaded, apart.',
      severity: 'error',
      from: { path: '^(src|demo|bench|test)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'through-the-index',
      comment: 'A folder is imported through its index.ts.',
      severity: 'error',
      from: { path: '^src/([^/]+)(/|$)', pathNot: SPEC },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/[^/]+/index[.]ts$'] },
    },
    {
      name: 'root-is-the-top',
      comment: 'A folder takes from the root only the vocabulary of options and tokens.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: ['^src/testing/', SPEC] },
      to: { path: '^src/[^/]+$', pathNot: '^src/stripe[.](options|tokens)[.]ts$' },
    },
    {
      name: 'nothing-imports-testing',
      comment: 'The test kit is an entry point of its own.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/testing/', SPEC] },
      to: { path: '^src/testing/' },
    },
    {
      name: 'leaves-know-no-framework',
      comment: 'src/common is plain TypeScript: no Nest, no TypeORM.',
      severity: 'error',
      from: { path: '^src/common/', pathNot: SPEC },
      to: { path: '^node_modules/' },
    },
    {
      name: 'optional-peer-driver',
      comment: 'A database driver is the application’s: src gets its connections from TypeORM.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: '^node_modules/(@types/)?(pg|mysql2|better-sqlite3)/' },
    },
    {
      name: 'optional-peer-swagger',
      comment: 'The OpenAPI description is the admin API’s alone, and loaded only when it is installed.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/admin/', SPEC] },
      to: { path: '^node_modules/@nestjs/swagger/' },
    },
    {
      name: 'optional-peer-opentelemetry',
      comment: 'The module tells its own observers; two entry points tell OpenTelemetry.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/observability/(opentelemetry|prometheus)/', SPEC] },
      to: { path: '^node_modules/@opentelemetry/' },
    },
    {
      name: 'optional-peer-opentelemetry-sdk',
      comment: 'Which SDK there is, is the application’s: libraries use the API.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/observability/prometheus/', SPEC] },
      to: { path: '^node_modules/@opentelemetry/(?!api/)' },
    },
    {
      name: 'optional-peer-terminus',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/observability/terminus/', SPEC] },
      to: { path: '^node_modules/@nestjs/terminus/' },
    },
    {
      name: 'optional-peer-queue',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/dispatch/bullmq/', SPEC] },
      to: { path: '^node_modules/(bullmq|@nestjs/bullmq|ioredis)/' },
    },
    {
      name: 'public-entry-points-of-others',
      comment: 'Deep imports break with the next release of the other package.',
      severity: 'error',
      from: { path: '^(src|demo|bench|test)/' },
      to: { path: '^node_modules/(typeorm|@nestjs/[^/]+)/(?!(dist/)?index[.])' },
    },
    {
      name: 'only-peers-in-src',
      comment: 'What the package loads, its users have: a peer dependency.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: '^node_modules/', dependencyTypesNot: ['npm', 'npm-peer'] },
    },
    {
      name: 'sources-stay-in-src',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: '^(test|demo|bench|scripts)/' },
    },
    {
      name: 'demo-uses-the-package',
      comment: 'The demo and the benchmarks import the package by its name, as its users do.',
      severity: 'error',
      // What each statement costs is measured at the classes that send it.
      from: { path: '^(demo|bench)/', pathNot: [SPEC, '^bench/scale/'] },
      to: {
        path: '^(src|test)/',
        // The benchmarks start the same PostgreSQL as the tests, and the same stand-in for the Stripe API.
        pathNot: '^test/support/(embedded-postgres|stripe-api)',
        dependencyTypesNot: ['aliased-tsconfig', 'aliased-tsconfig-paths'],
      },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'not-to-unlisted-package',
      severity: 'error',
      from: {},
      // An optional peer counts as `npm-no-pkg` too.
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm', 'npm-peer', 'npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The dashboard and its tests in a browser have rules of their own.
    exclude: { path: '^(dist|build|test/browser)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
