import { describeTargets } from './describe-targets.ts';
import { type Configuration, type ConfigurationParts, loadConfiguration } from './load-configuration.ts';
import { wordsOf } from '../rules/rule.ts';
import { formatProblem, type Problem } from './problem.ts';

/** What `turnpike check` prints, and its exit code. */
export interface CheckResult {
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1;
}

/** Loads a configuration as `serve` would, but starts and writes nothing. Never shows the value of a key. */
export async function checkConfig(parts: ConfigurationParts): Promise<CheckResult> {
  const result = await loadConfiguration(parts, { version: 1, dryRun: true });
  if (!result.ok) {
    const errors = result.problems.filter((problem) => problem.severity === 'error').length;
    return { lines: [...result.problems.map(formatProblem), '', `${counted(errors, 'problem')} to fix.`], exitCode: 1 };
  }
  return { lines: summary(result.configuration), exitCode: 0 };
}

function summary(configuration: Configuration): string[] {
  const { file, settings, warnings } = configuration;
  return [
    ...warningLines(warnings),
    file === undefined ? 'No configuration file: this is what the environment gives.' : `${file.path} is good.`,
    '',
    `Listens on ${settings.host}:${settings.port}, keeps its data in ${settings.dataDir}.`,
    ...section('Providers', providerLines(configuration)),
    ...section('Models', modelLines(configuration)),
    ...section('Rules', ruleLines(configuration)),
    ...section('Virtual keys', keyLines(configuration)),
  ];
}

function warningLines(warnings: readonly Problem[]): string[] {
  return warnings.length === 0 ? [] : [...warnings.map(formatProblem), ''];
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const widths = rows.reduce<number[]>(
    (known, row) => row.map((cell, index) => Math.max(known[index] ?? 0, cell.length)),
    [],
  );
  const lines = rows.map((row) =>
    `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd(),
  );
  return ['', `${title}:`, ...lines];
}

function providerLines({ snapshot }: Configuration): string[][] {
  return [...snapshot.providers.values()].map((provider) => {
    const keys = provider.credentials.filter((credential) => credential.secret !== undefined).length;
    return [
      provider.name,
      provider.vendor.title,
      keys === 0 ? 'no key' : counted(keys, 'key'),
      provider.vendor.kind === 'demo' ? 'built in' : provider.baseUrl.href,
    ];
  });
}

function modelLines({ snapshot }: Configuration): string[][] {
  const { aliases, names } = snapshot;
  const patterns = names.patterns.flatMap(({ pattern, value }) => names.aliasOf(value, pattern) ?? []);
  return [
    ...[...aliases.values(), ...patterns].map(({ name, chain }) => [name, describeTargets(chain)]),
    ...[...names.redirects].map(([name, { use, fromMs }]) => [
      name,
      fromMs === undefined ? `is now ${use}` : `becomes ${use} at ${new Date(fromMs).toISOString()}`,
    ]),
  ];
}

function ruleLines({ snapshot }: Configuration): string[][] {
  return snapshot.rules.rules.map(({ name, shadow, effects }) => [
    name,
    `${shadow ? 'in shadow mode: ' : ''}${wordsOf(effects).join(', ')}`,
  ]);
}

function keyLines({ document }: Configuration): string[][] {
  if (document.virtual_keys === undefined) return [['default', 'made at the first start, kept in the data directory']];
  return document.virtual_keys.map(({ id, name = id ?? '', models, disabled, expires }) => {
    const allowed = models.includes('*') ? 'all models' : `models ${models.join(', ')}`;
    const until = expires === undefined ? '' : `, until ${new Date(expires).toISOString()}`;
    return [name, `${disabled ? 'disabled, ' : ''}${allowed}${until}`];
  });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
