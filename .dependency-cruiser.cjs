/**
 * Who may import what (docs/ARCHITECTURE.md, "Layers"). Every comment names the right place, because it is
 * what a person reads when the check fails. `scripts/layers.mjs` runs it and proves that it still catches.
 */

const TEST = '\\.test\\.tsx?$|/testing/'
const NODE_MODULES = 'node_modules/'

/** A rule for one folder: which other folders of src it may import, and where the code belongs instead. */
function floor(name, from, allowed, comment) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: `^src/${from}`, pathNot: TEST },
    to: { path: '^(src|test|bench|scripts)/', pathNot: allowed.map(folder => `^src/${folder}`) },
  }
}

/** A rule that lets a folder use only these packages. */
function packages(name, from, allowed, comment) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: `^src/${from}`, pathNot: TEST },
    to: { path: NODE_MODULES, pathNot: allowed.map(pkg => `node_modules/${pkg}/`) },
  }
}

function noNode(name, from, comment) {
  return {
    name,
    severity: 'error',
    comment,
    from: { path: `^src/${from}`, pathNot: TEST },
    to: { dependencyTypes: ['core'] },
  }
}

const PURE = ['zod', 'decimal\\.js', 'temporal-polyfill', 'temporal-spec', '@noble/hashes', 'canonicalize']

module.exports = {
  forbidden: [
    floor(
      'shared-stands-alone',
      'shared/',
      ['shared/'],
      'src/shared is what crosses a wire and imports no other folder. A decision belongs in src/engines, anything with a database in src/core.',
    ),
    packages(
      'shared-packages',
      'shared/',
      ['@orpc/contract', '@orpc/shared', ...PURE],
      'src/shared uses zod, the contract library and small pure libraries. Put code that needs more into src/core, or src/renderer if it draws.',
    ),
    noNode(
      'shared-no-node',
      'shared/',
      'src/shared also runs in the page: no node: modules. Put it into src/core or src/main/host.',
    ),
    floor(
      'engines-decide',
      'engines/',
      ['engines/', 'shared/'],
      'src/engines decides and imports only src/shared. Loading and storing belong in src/core/<feature>.',
    ),
    packages(
      'engines-packages',
      'engines/',
      PURE,
      'src/engines uses pure libraries only. Put input and output into src/core/<feature>.',
    ),
    noNode(
      'engines-no-node',
      'engines/',
      'src/engines has no input and output: pass the data in from src/core/<feature>.',
    ),
    floor(
      'core-knows-no-host',
      'core/',
      ['core/', 'engines/', 'shared/'],
      'src/core runs on every host and imports src/shared and src/engines only. What a host provides is passed in by src/main/host or src/backend.',
    ),
    floor(
      'serving-hands-the-core-on',
      'serving/',
      ['serving/', 'core/', 'shared/'],
      'src/serving is what the hosts of a desk and the backend share to serve a core, and imports src/shared and src/core. What only one of them needs belongs in src/main/host or src/backend.',
    ),
    floor(
      'desktop-starts-the-core-by-path',
      'main/(desktop/|index\\.ts)',
      ['main/desktop/', 'main/index\\.ts', 'shared/'],
      'src/main/desktop imports src/shared and electron, and starts the core by its path. Put core code into src/main/host and talk over src/shared/core-process-protocol.ts.',
    ),
    floor(
      'host-carries-the-core',
      'main/host/',
      ['main/host/', 'serving/', 'core/', 'shared/'],
      'src/main/host imports src/shared, src/core and src/serving. Electron belongs in src/main/desktop, decisions in src/engines behind src/core.',
    ),
    floor(
      'preload-hands-over',
      'preload/',
      ['preload/', 'shared/'],
      'src/preload hands the port over and imports types of src/shared. Everything else belongs in src/main/desktop or src/renderer.',
    ),
    {
      name: 'preload-takes-types',
      severity: 'error',
      comment:
        'src/preload takes types of src/shared, and the channel names of preload-api.ts. Parsing belongs in src/main/desktop.',
      from: { path: '^src/preload/', pathNot: TEST },
      to: {
        path: ['^src/shared/', NODE_MODULES],
        pathNot: ['^src/shared/preload-api\\.ts$', 'node_modules/electron/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    floor(
      'renderer-is-a-page',
      'renderer/',
      ['renderer/', 'shared/', 'engines/'],
      'src/renderer imports src/shared, and src/engines for pure previews. Ask the core through the contract (src/shared/contract) instead of importing it.',
    ),
    noNode(
      'renderer-no-node',
      'renderer/',
      'src/renderer runs in a sandboxed page without Node. Put it into src/core and call it through the contract.',
    ),
    floor(
      'backend-carries-the-core',
      'backend/',
      ['backend/', 'serving/', 'core/', 'shared/'],
      'src/backend imports src/shared, src/core and src/serving. Decisions belong in src/engines behind src/core, desktop code in src/main.',
    ),
    {
      name: 'electron-in-its-place',
      severity: 'error',
      comment:
        'Only src/main/desktop, src/main/index.ts and src/preload import electron. Importing it in plain Node starts a download.',
      from: { path: '^src/', pathNot: ['^src/main/desktop/', '^src/main/index\\.ts$', '^src/preload/'] },
      to: { path: '(^|node_modules/)electron(/|$)' },
    },
    {
      name: 'drivers-in-core-database',
      severity: 'error',
      comment: 'Database drivers are opened in src/core/database only. Take a connection as a parameter.',
      from: { path: '^src/', pathNot: ['^src/core/database/', TEST] },
      to: {
        path: 'node_modules/(better-sqlite3|@electric-sql/pglite|pg)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-circular',
      severity: 'error',
      comment: 'These modules import each other. Move what they share into a third module.',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'Nothing imports this module and it imports nothing. Use it or remove it.',
      from: { orphan: true, path: '^src/', pathNot: ['\\.d\\.ts$', TEST] },
      to: {},
    },
    {
      name: 'not-to-tests',
      severity: 'error',
      comment: 'Code of the product does not import tests. Move what is needed out of the test.',
      from: { path: '^src/', pathNot: TEST },
      to: { path: ['^test/', TEST] },
    },
    {
      name: 'not-resolved',
      severity: 'error',
      comment:
        'This import leads nowhere. Aliases are listed under "imports" in package.json; a package must be installed.',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // With TypeScript 7 the default parser finds no modules and reports success; swc reads them.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
