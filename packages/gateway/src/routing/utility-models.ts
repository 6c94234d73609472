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
