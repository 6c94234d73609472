import { playScenes } from '../kit/model-script.ts';
import type { Place } from '../kit/wire-faults.ts';
import type { LaneTaken } from './fault-house.ts';

/** What Codex is asked. */
export const prompt = 'Please do the whole job.';

/** Waits so short that a provider's silence is noticed within a test, and so long that a busy machine is no silence. */
export const patience = { connect_timeout_ms: 2_000, headers_timeout_ms: 5_000, idle_timeout_ms: 2_000 };

const patch = '*** Begin Patch\n*** Add File: b.txt\n+two\n*** End Patch\n';
/** What the session leaves behind. Whoever runs the command twice leaves two lines. */
export const files = { 'a.txt': 'one\n', 'b.txt': 'two\n' };

/** The model's part: a command, a patch, and a last word, with thoughts and words between. */
export const session = playScenes(
  { cue: 'task title', answers: [{ text: '{"title":"A whole job"}' }] },
  {
    cue: 'the whole job',
    answers: [
      {
        thinking: 'First the shell, then the patch, and nothing else.',
        text: 'I begin with the shell.\nThen comes the patch.',
        calls: [{ name: 'exec_command', input: { cmd: 'echo one >> a.txt' } }],
      },
      { thinking: 'Now the file.', text: 'Now I patch.', calls: [{ name: 'apply_patch', input: patch }] },
      { text: 'All done.' },
    ],
  },
);

/** Cuts that the agent could notice, by what it has been told when they come, in the words of either vendor. */
export const cuts: Readonly<Record<string, Readonly<Record<LaneTaken, Place>>>> = {
  'inside-a-thought': {
    express: { behind: 'response.reasoning_summary_text.delta', times: 2 },
    translate: { behind: '"thinking_delta"', times: 2 },
  },
  'behind-a-thought': {
    express: { behind: '"type":"response.output_item.done"' },
    translate: { behind: '"content_block_stop"' },
  },
  'inside-a-text': {
    express: { behind: 'response.output_text.delta', times: 3 },
    translate: { behind: '"text_delta"', times: 3 },
  },
  'behind-a-text': {
    express: { behind: '"type":"response.output_item.done"', times: 2 },
    translate: { behind: '"content_block_stop"', times: 2 },
  },
  'inside-a-call': {
    express: { behind: 'call_arguments.delta', times: 2 },
    translate: { behind: '"input_json_delta"', times: 2 },
  },
  'behind-a-call': {
    express: { behind: '"type":"response.output_item.done"', times: 3 },
    translate: { behind: '"content_block_stop"', times: 3 },
  },
};
