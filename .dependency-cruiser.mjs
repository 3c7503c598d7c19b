/** Folders that each folder of src/ may import values from, besides itself. */
const allowed = {
  lib: [],
  spec: ['lib'],
  report: ['lib'],
  exec: ['lib'],
  host: ['kube', 'exec', 'lib'],
  kube: ['host', 'exec', 'lib'],
  artifacts: ['host', 'kube', 'exec', 'lib'],
  cni: ['host', 'kube', 'exec', 'lib'],
  verify: ['host', 'kube', 'exec', 'lib'],
  providers: ['host', 'kube', 'exec', 'lib'],
  engine: ['providers', 'cni', 'verify', 'artifacts', 'host', 'kube', 'exec', 'spec', 'report', 'lib'],
  frontend: ['spec', 'report', 'lib'],
  action: ['engine', 'cni', 'frontend', 'exec', 'spec', 'report', 'lib'],
  cli: ['engine', 'cni', 'frontend', 'spec', 'report', 'lib'],
};

/** Folders whose types anybody above `lib` may use. */
const typesEverywhere = ['spec', 'report'];
/** Types that may be used besides. */
const typesOf = {
  cni: ['artifacts'],
  verify: ['cni', 'artifacts'],
  frontend: ['engine'],
  providers: ['artifacts'],
};

const layers = Object.entries(allowed).flatMap(([folder, values]) => {
  const types = folder === 'lib' ? [] : [...typesEverywhere, ...(typesOf[folder] ?? [])];
  const inside = (folders) => `^src/(${folders.join('|')})/`;
  return [
    {
      name: `${folder}-values`,
      comment: 'imports flow one way: see CONTRIBUTING.md',
      severity: 'error',
      from: { path: inside([folder]) },
      to: { path: '^src/', pathNot: inside([folder, ...values]), dependencyTypesNot: ['type-only'] },
    },
    {
      name: `${folder}-types`,
      comment: 'imports flow one way: see CONTRIBUTING.md',
      severity: 'error',
      from: { path: inside([folder]) },
      to: { path: '^src/', pathNot: inside([folder, ...values, ...types]) },
    },
  ];
});

const only = (name, module, places) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: places },
  to: { path: `node_modules/${module}/` },
});

export default {
  forbidden: [
    ...layers,
    only('core-in-action-only', '@actions/core', '^src/action/'),
    only('exec-in-local-runner-only', '@actions/exec', '^src/exec/local\\.ts$'),
    only('cache-in-artifacts-only', '@actions/cache', '^src/(artifacts|action)/'),
    only('ssh2-in-exec-ssh-only', '(@types/)?ssh2', '^src/exec/ssh'),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(__tests__|testbed|scripts|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
