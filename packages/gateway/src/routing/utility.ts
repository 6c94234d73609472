import type { Snapshot } from '../config/snapshot.ts';
import { targetsOf } from './plan.ts';

/**
 * Models that agents ask for on their own account, whatever model their user chose: Codex for reviews and memories, Claude Code,
 * opencode and Gemini CLI for titles and routing. Their users never see the names and cannot change all of them.
 */
export const utilityModels: readonly string[] = [
  'codex-auto-review',
  'gpt-6.1-terra',
  'gpt-5.4-nano',
  'claude-haiku-4-5',
  'claude-haiku-4-5-20251001',
  'gemini-3.5-flash-lite',
];

/**
 * The name under which a request is served: as asked, or the configured utility model where an agent asks for a hidden model of its own
 * that nobody here serves, or that this caller may not use.
 */
export function servedName(asked: string, snapshot: Snapshot, mayUse: (model: string) => boolean): string {
  const { utilityModel } = snapshot;
  if (utilityModel === undefined || !utilityModels.includes(asked)) return asked;
  const canBeHad = mayUse(asked) && targetsOf(asked, snapshot) !== undefined;
  return canBeHad ? asked : utilityModel;
}
