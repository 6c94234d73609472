import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { objectAt, textAt } from './json-access.ts';

const pins = fileURLToPath(new URL('agents.json', import.meta.url));

/** The agents that are tested; of Codex the current one, the oldest that speaks over a WebSocket here, and the oldest that works at all. */
export type AgentPin =
  'codex' | 'codex-oldest-websocket' | 'codex-oldest' | 'claude-code' | 'gemini-cli' | 'opencode' | 'qwen-code';

/** Path of a pinned agent's program, or undefined where `npm run test:agents` has not installed it. */
export function installedAgent(name: AgentPin): string | undefined {
  // Agents that are native programs have a package for each platform.
  const text = readFileSync(pins, 'utf8').replaceAll('{platform}', `${process.platform}-${process.arch}`);
  const table = parseJson(text);
  const pin = objectAt(isJsonObject(table) ? table : {}, name);
  const cache = process.env['TURNPIKE_AGENTS'] ?? join(homedir(), '.cache/turnpike-agents');
  const folder = join(cache, `${textAt(pin, 'package')}@${textAt(pin, 'version')}`);
  const program = join(folder, 'node_modules', textAt(pin, 'program'));
  return existsSync(program) ? program : undefined;
}
