import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { objectAt, textAt } from './json-access.ts';

const pins = fileURLToPath(new URL('agents.json', import.meta.url));

/** The current Codex, the oldest that speaks over a WebSocket here, and the oldest that works at all. */
export type AgentPin = 'codex' | 'codex-oldest-websocket' | 'codex-oldest';

/** Path of a pinned agent's program, or undefined where `npm run test:agents` has not installed it. */
export function installedAgent(name: AgentPin): string | undefined {
  const table = parseJson(readFileSync(pins, 'utf8'));
  const pin = objectAt(isJsonObject(table) ? table : {}, name);
  const cache = process.env['TURNPIKE_AGENTS'] ?? join(homedir(), '.cache/turnpike-agents');
  const folder = join(cache, `${textAt(pin, 'package')}@${textAt(pin, 'version')}`);
  const program = join(folder, 'node_modules/.bin', textAt(pin, 'command'));
  return existsSync(program) ? program : undefined;
}
