import { type Conversation, resultTexts } from '../kit/conversation.ts';
import { type Answer, playScenes, type Scene, type Script, type ScriptedCall } from '../kit/model-script.ts';

/** What Codex is asked in every session, and what its sub-agent is asked. */
export const prompt = 'Please do the whole job.';
const childPrompt = 'Count the sheep, little one.';

/**
 * The forms in which Codex speaks, chosen by the model's name alone.
 * `patching`: plain tools, a freeform apply_patch, other tools to be searched for.
 * `unknown`: plain tools and a namespace, no apply_patch.
 * `lite`: tools inside the history, in namespaces, and code instead of most calls.
 */
export type Shape = 'patching' | 'unknown' | 'lite';

export const shapes: readonly Shape[] = ['patching', 'unknown', 'lite'];

/** Beginnings of model names by which Codex chooses the shape. */
export const modelPrefix: Readonly<Record<Shape, string>> = {
  patching: 'gpt-5.5',
  unknown: 'claude-x',
  lite: 'gpt-6.1-sol',
};

const patch = ['*** Begin Patch', '*** Add File: b.txt', '+zwei "2" \\ été 🙂', '*** End Patch', ''].join('\n');

/** Files that a session leaves behind. */
export const files = { 'a.txt': 'one\n', 'b.txt': 'zwei "2" \\ été 🙂\n' };

const write: ScriptedCall = { name: 'exec_command', input: { cmd: 'echo one > a.txt' } };
const list: ScriptedCall = { name: 'exec_command', input: { cmd: 'echo "parallel: $((6*7))"' } };
const applyPatch: ScriptedCall = { name: 'apply_patch', input: patch };
const patchByShell: ScriptedCall = { name: 'exec_command', input: { cmd: `apply_patch <<'EOF'\n${patch}EOF` } };
const search: ScriptedCall = { name: 'tool_search', input: { query: 'spawn agent', limit: 5 } };
const agents = 'multi_agent_v1';
const spawn: ScriptedCall = { name: 'spawn_agent', namespace: agents, input: { message: childPrompt } };
const listAgents: ScriptedCall = { name: 'list_agents', namespace: 'collaboration', input: {} };
const writeByCode: ScriptedCall = {
  name: 'exec',
  input: 'const r = await tools.exec_command({cmd: "echo one > a.txt"});\ntext("ran");',
};
const patchByCode: ScriptedCall = { name: 'exec', input: `text(await tools.apply_patch(${JSON.stringify(patch)}));` };

/** Ids of agents that were spawned, as tool results told them. */
function spawnedAgent(texts: readonly string[]): string {
  return /"agent_id":"([^"]+)"/.exec(texts.join('\n'))?.[1] ?? 'none';
}

const waitForAgent: Script = (conversation) => ({
  calls: [{ name: 'wait_agent', namespace: agents, input: { targets: [spawnedAgent(resultTexts(conversation))] } }],
});
const closeAgent: Script = (conversation) => ({
  calls: [{ name: 'close_agent', namespace: agents, input: { target: spawnedAgent(resultTexts(conversation)) } }],
});

const farewell: Answer = {
  text: 'All done: été 🙂.',
  usage: { input: 4321, cached: 4000, output: 77, reasoning: 20 },
};

const thought = 'First the shell, then the patch — “quoted”.';
const opening = (...calls: readonly ScriptedCall[]): Answer => ({ thinking: thought, text: 'I begin.', calls });
const onTheFile: Answer = { thinking: 'Now the file.', hidden: true };

const scenes: Readonly<Record<Shape, Scene>> = {
  patching: {
    cue: prompt,
    answers: [
      opening(write, list),
      { ...onTheFile, calls: [applyPatch] },
      { calls: [search] },
      { thinking: 'A helper.', calls: [spawn] },
      waitForAgent,
      closeAgent,
      farewell,
    ],
  },
  unknown: {
    cue: prompt,
    answers: [opening(write, list), { calls: [patchByShell] }, { calls: [spawn] }, waitForAgent, closeAgent, farewell],
  },
  lite: {
    cue: prompt,
    answers: [opening(writeByCode), { ...onTheFile, calls: [patchByCode] }, { calls: [listAgents] }, farewell],
  },
};

/** The model's part of the session. It works in whatever shape Codex brought its tools. */
export const sessionScript: Script = (conversation) => {
  const child: Scene = { cue: childPrompt, answers: [{ text: 'Four sheep.' }] };
  return playScenes(child, scenes[shapeOf(conversation)])(conversation);
};

function shapeOf(conversation: Conversation): Shape {
  const names = conversation.tools.map((tool) => tool.wireName);
  if (names.includes('exec')) return 'lite';
  return names.includes('apply_patch') ? 'patching' : 'unknown';
}
