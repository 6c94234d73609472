import { claudeCodeGuide } from './claude-code-guide.ts';
import { codexGuide } from './codex-guide.ts';
import { cursorGuide } from './cursor-guide.ts';
import { geminiCliGuide } from './gemini-cli-guide.ts';
import { opencodeGuide } from './opencode-guide.ts';
import { qwenCodeGuide } from './qwen-code-guide.ts';

/** How to point an agent at this gateway: the page that is served, and the one in the documentation. */
export type Guide = (origin: string, websockets: boolean) => string;

/** By the agent's name, which is also the page's. */
export const guides: ReadonlyMap<string, Guide> = new Map([
  ['codex', codexGuide],
  ['claude-code', claudeCodeGuide],
  ['gemini-cli', geminiCliGuide],
  ['opencode', opencodeGuide],
  ['qwen-code', qwenCodeGuide],
  ['cursor', cursorGuide],
]);
