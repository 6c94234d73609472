import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createCatalog } from '../../src/catalog/create-catalog.ts';
import {
  type Configuration,
  type ConfigurationParts,
  type ConfigurationResult,
  loadConfiguration,
} from '../../src/config/load-configuration.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { createProvider } from '../../src/providers/create-provider.ts';
import { vendors } from '../../src/providers/vendors.ts';

/** A directory that is gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'turnpike-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Parts as in the real process, but with the test's own environment, directory and time (the first of January 2027). */
export function configurationParts(given: Partial<ConfigurationParts> = {}): ConfigurationParts {
  return {
    flags: {},
    env: {},
    cwd: given.cwd ?? temporaryDirectory(),
    isTerminal: false,
    clock: { now: () => Date.UTC(2027, 0, 1), monotonicMs: () => 0 },
    vendors,
    createProvider,
    createCatalog,
    demoBaseUrl: async () => 'http://127.0.0.1:9',
    ...given,
  };
}

/** Loads a document as `turnpike.yaml` of a new directory. */
export async function loadText(text: string, env: Record<string, string> = {}): Promise<ConfigurationResult> {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'turnpike.yaml'), text);
  return loadConfiguration(configurationParts({ cwd, env }), { version: 1 });
}

/** The configuration of a document that must be good. */
export async function goodConfiguration(text: string, env: Record<string, string> = {}): Promise<Configuration> {
  const result = await loadText(text, env);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.configuration;
}

/** The printed problems of a document, warnings included. */
export async function problemsOf(text: string, env: Record<string, string> = {}): Promise<string[]> {
  const result = await loadText(text, env);
  return (result.ok ? result.configuration.warnings : result.problems).map(formatProblem);
}
