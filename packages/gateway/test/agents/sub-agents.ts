import { resultTexts } from '../kit/conversation.ts';
import type { Script } from '../kit/model-script.ts';

/** The namespace of the tools with which Codex lets another agent work. */
export const agents = 'multi_agent_v1';

/** Waits for the agent that the last call has started. */
export const waitForAgent: Script = (conversation) => ({
  calls: [{ name: 'wait_agent', namespace: agents, input: { targets: [spawnedAgent(resultTexts(conversation))] } }],
});

function spawnedAgent(texts: readonly string[]): string {
  return /"agent_id":"([^"]+)"/.exec(texts.join('\n'))?.[1] ?? 'none';
}
