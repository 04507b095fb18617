// Who may look at whom. The table is the architecture (docs/decisions and lib/README.md say why); everything below it is mechanics.
// A room may import itself and what is listed; a room that is not listed is invisible to it.

/** @type {Record<string, { rooms: string[], packages: string[] | 'any' }>} */
const ROOMS = {
  'lib/domain': { rooms: [], packages: [] },
  'lib/contract': { rooms: ['lib/domain'], packages: ['zod'] },
  'lib/phone': { rooms: ['lib/domain'], packages: ['libphonenumber-js'] },
  'lib/crypto': { rooms: ['lib/domain', 'lib/env'], packages: 'any' },
  'lib/telemetry': { rooms: ['lib/domain', 'lib/env'], packages: 'any' },
  'lib/db': { rooms: ['lib/domain', 'lib/env', 'lib/ids'], packages: 'any' },
  'lib/providers': { rooms: ['lib/domain', 'lib/crypto', 'lib/telemetry', 'lib/env'], packages: 'any' },
  'lib/operations': {
    rooms: ['domain', 'contract', 'phone', 'db', 'providers', 'crypto', 'telemetry', 'clock', 'ids', 'env'].map(
      (room) => `lib/${room}`,
    ),
    packages: 'any',
  },
  'lib/auth': {
    rooms: ['lib/domain', 'lib/db', 'lib/crypto', 'lib/env', 'lib/ids', 'lib/clock', 'lib/telemetry'],
    packages: 'any',
  },
  'lib/http': {
    // Operations, because a door asks who is there (keys.authenticate) and hands callbacks over (receipts.receive).
    rooms: [
      ...['domain', 'contract', 'phone', 'operations', 'auth', 'telemetry', 'db'],
      ...['env', 'ids', 'clock', 'crypto', 'version'],
    ].map((room) => `lib/${room}`),
    packages: 'any',
  },
  'lib/worker': {
    rooms: ['lib/operations', 'lib/db', 'lib/domain', 'lib/telemetry', 'lib/clock', 'lib/env', 'lib/ids'],
    packages: 'any',
  },
  // A stranger to the app: it speaks HTTP, so it may know our words but none of our doors.
  'lib/simulator': {
    rooms: ['lib/domain', 'lib/contract', 'lib/phone'],
    packages: ['zod', 'libphonenumber-js', 'smtp-server'],
  },
  'lib/embedded': { rooms: [], packages: 'any' },
  components: { rooms: ['lib/domain', 'lib/contract'], packages: 'any' },
  app: {
    rooms: [
      'components',
      'lib/domain',
      'lib/contract',
      'lib/phone',
      'lib/operations',
      'lib/http',
      'lib/auth',
      'lib/clock',
      'lib/env',
      'lib/telemetry',
      'lib/version',
    ],
    packages: 'any',
  },
};

const TESTS = '\\.(test|contract)\\.tsx?$';
const inside = (room) => `^${room}(/|\\.ts$)`;
const anyRoom = '^(lib|components|app|scripts|e2e|bench|sdk|prisma)/|^(server|proxy|instrumentation)\\.ts$';

const boundaries = Object.entries(ROOMS).flatMap(([room, { rooms, packages }]) => {
  const from = { path: inside(room), pathNot: TESTS };
  const name = room.replace('/', '-');
  const rules = [
    {
      name: `${name}-sees-only-its-rooms`,
      severity: 'error',
      comment: `${room} may import ${rooms.join(', ') || 'no other room'}. Move the code, or change the table and say why.`,
      from,
      to: { path: anyRoom, pathNot: [room, ...rooms].map(inside) },
    },
  ];
  if (packages !== 'any') {
    rules.push({
      name: `${name}-sees-only-its-packages`,
      severity: 'error',
      comment: `${room} may import ${packages.join(', ') || 'no package'}${room === 'lib/simulator' ? ' besides Node itself' : ', not even Node itself'}.`,
      from,
      to: {
        dependencyTypes: [
          'npm',
          'npm-dev',
          'npm-optional',
          'npm-peer',
          'npm-no-pkg',
          'npm-unknown',
          ...(room === 'lib/simulator' ? [] : ['core']),
        ],
        ...(packages.length > 0 ? { pathNot: packages.map((name) => `node_modules/${name}/`) } : {}),
      },
    });
  }
  return rules;
});

module.exports = {
  // For lib/house.test.ts, which holds the table of CONTRIBUTING.md against it.
  ROOMS,
  forbidden: [
    ...boundaries,
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Two files that need each other are one file, or a third one is missing.',
      from: { pathNot: '^lib/db/generated/' },
      to: { circular: true },
    },
    {
      name: 'embedded-postgres-comes-last',
      severity: 'error',
      comment: 'Only what starts a process may bring its own Postgres.',
      from: { path: '^(lib|components|app)/', pathNot: ['^lib/embedded/', TESTS] },
      to: { path: '^lib/embedded/' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      comment: 'What runs in production does not import tests or their tools.',
      from: { path: '^(lib|components|app)/', pathNot: TESTS },
      to: { path: `${TESTS}|^scripts/|^e2e/` },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'A name that nothing answers to, or a package that package.json does not list.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Run by scripts/boundaries.mjs, which adds what swc and the resolver need to know.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.next|dist)/' },
  },
};
