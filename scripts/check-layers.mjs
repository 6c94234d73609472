// Proves the direction of imports: which folder of the gateway may know which, and where the outside world may be touched.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../packages/gateway/src', import.meta.url));

/** Each folder and the folders it may import from, besides itself. `contract` is the package of that name. */
const mayImport = {
  core: ['contract'],
  wire: ['core'],
  dialects: ['core', 'contract'],
  ledger: ['core', 'contract'],
  identity: ['core', 'contract'],
  rules: ['core', 'contract', 'operations'],
  vault: ['core'],
  catalog: ['core', 'contract'],
  operations: ['core', 'wire'],
  providers: ['core', 'wire', 'dialects', 'catalog', 'operations'],
  config: ['core', 'contract', 'catalog', 'dialects', 'identity', 'ledger', 'providers', 'rules'],
  upstream: ['core', 'providers'],
  routing: ['core', 'contract', 'config', 'identity', 'providers', 'catalog'],
  policy: ['core', 'identity'],
  pipeline: [
    'core',
    'contract',
    'wire',
    'dialects',
    'providers',
    'catalog',
    'config',
    'identity',
    'operations',
    'policy',
    'routing',
    'rules',
    'upstream',
    'vault',
    'ledger',
  ],
  record: ['core', 'contract', 'pipeline'],
  store: ['core', 'contract', 'vault', 'pipeline', 'ledger'],
  'data-plane': [
    'core',
    'contract',
    'wire',
    'dialects',
    'config',
    'identity',
    'operations',
    'policy',
    'pipeline',
    'catalog',
    'routing',
  ],
  cli: ['core', 'contract', 'config'],
  'control-plane': ['core', 'contract', 'catalog', 'config', 'identity', 'ledger', 'store', 'data-plane'],
};

/** Files at the top put the house together and may know every room. */
const compositionRoot = [
  'main.ts',
  'store-thread.ts',
  'command-line.ts',
  'serve.ts',
  'build.ts',
  'welcome.ts',
  'version.ts',
];

/** What only some places may use: a pattern in the text, and the paths where it is at home. */
const reserved = [
  {
    what: 'node:http',
    pattern: /from 'node:http'/,
    home: ['data-plane/', 'control-plane/', 'providers/demo/', 'build.ts'],
  },
  { what: 'undici', pattern: /from 'undici/, home: ['upstream/'] },
  { what: 'ws', pattern: /from 'ws'/, home: ['data-plane/websocket/', 'upstream/'] },
  { what: 'the time of day', pattern: /\bDate\.now\(/, home: ['core/clock.ts'] },
  { what: 'process.env', pattern: /\bprocess\.env\b/, home: ['command-line.ts', 'config/'] },
];

/** The pipeline treats all vendors and dialects alike. */
const vendorWords = /['"`](openai|anthropic|gemini|google|responses|chat|messages)['"`]/;

const problems = [];
checkNoCycle();

for (const file of filesIn(source)) {
  const path = relative(source, file).split(sep).join('/');
  const text = readFileSync(file, 'utf8');
  checkImports(path, file, text);
  for (const { what, pattern, home } of reserved) {
    if (pattern.test(text) && !home.some((place) => path.startsWith(place)))
      problems.push(`${path} uses ${what}; only ${home.join(', ')} may`);
  }
  const named = path.startsWith('pipeline/') && vendorWords.exec(text);
  if (named) problems.push(`${path} names ${named[0]}; the pipeline knows no vendor and no dialect`);
}

/** The rules themselves must have one direction: take away folders that import no folder that is left, until none is left. */
function checkNoCycle() {
  let left = Object.keys(mayImport);
  for (;;) {
    const rest = left.filter((folder) => mayImport[folder].some((other) => left.includes(other)));
    if (rest.length === left.length) break;
    left = rest;
  }
  if (left.length > 0) problems.push(`the rules of scripts/check-layers.mjs go in a circle: ${left.join(', ')}`);
}

function checkImports(path, file, text) {
  if (compositionRoot.includes(path)) return;
  const folder = path.split('/')[0];
  const allowed = mayImport[folder];
  if (!allowed) {
    problems.push(`${path}: the folder ${folder} has no rule in scripts/check-layers.mjs`);
    return;
  }
  for (const [, target] of text.matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
    const other = folderOf(target, file);
    if (other !== undefined && other !== folder && !allowed.includes(other))
      problems.push(`${path} imports ${target}; ${folder} may know only ${allowed.join(', ')}`);
  }
}

function folderOf(target, file) {
  if (target.startsWith('@turnpike/contract')) return 'contract';
  if (!target.startsWith('.')) return undefined;
  return relative(source, resolve(dirname(file), target)).split(sep)[0];
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log('layers: every import goes the right way');
