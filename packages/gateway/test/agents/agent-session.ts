import { join } from 'node:path';
import { type Conversation, resultTexts } from '../kit/conversation.ts';
import { type Answer, playScenes, type Script } from '../kit/model-script.ts';
import type { AgentTools } from './agent.ts';

const cue = 'Please do the whole job in';

/** What every agent is asked. */
export function promptIn(directory: string): string {
  return `${cue} ${directory} .`;
}

/** Files that a session leaves behind. */
export const files: Readonly<Record<string, string>> = { 'a.txt': 'one\n', 'b.txt': 'zwei "2" \\ été 🙂\n' };

/** The last words of a session in which every tool's result came back. */
export const farewell = 'All done: été 🙂.';

/**
 * The model's part of the session: two commands at once, a file written by the agent's own tool and read again. What is asked without
 * tools is a title or the like.
 */
export function sessionScript(tools: AgentTools): Script {
  const work = playScenes({
    cue,
    answers: [
      {
        thinking: 'First the shell, then the file — “quoted”.',
        text: 'I begin.',
        calls: [tools.shell('echo one > a.txt'), tools.shell('printf "parallel: %d" 42')],
      },
      (conversation) => ({
        thinking: 'Now the file.',
        calls: [tools.write(join(directoryOf(conversation), 'b.txt'), files['b.txt'] ?? '')],
      }),
      (conversation) => ({ calls: [tools.read(join(directoryOf(conversation), 'b.txt'))] }),
      end,
    ],
  });
  return (conversation) => (conversation.tools.length === 0 ? { text: 'A whole job' } : work(conversation));
}

function end(conversation: Conversation): Answer {
  const results = resultTexts(conversation).join('\n');
  const all = results.includes('parallel: 42') && results.includes('été 🙂');
  return {
    text: all ? farewell : `Results were lost: ${results}`,
    usage: { input: 4321, cached: 4000, output: 77, reasoning: 20 },
  };
}

function directoryOf(conversation: Conversation): string {
  const said = conversation.turns.flatMap((turn) => (turn.type === 'user' ? [turn.text] : [])).join('\n');
  return new RegExp(`${cue} (\\S+)`).exec(said)?.[1] ?? '';
}
