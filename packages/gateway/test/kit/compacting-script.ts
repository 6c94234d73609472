import { summaryPrompt } from '../../src/pipeline/compaction-texts.ts';
import type { Conversation } from './conversation.ts';
import type { Answer, Script } from './model-script.ts';
import { compactionWish } from './vendors/responses-rules.ts';

/** The fact that a tool found out, as the conversation still tells it. */
export function secretIn(conversation: Conversation): string {
  const told = conversation.turns.map((turn) => ('text' in turn ? turn.text : '')).join('\n');
  return /The secret is (\w+)\./.exec(told)?.[1] ?? 'forgotten';
}

/** Whether this asks for a hand-over, in our words or the vendor's own. */
export function isCompaction({ turns }: Conversation): boolean {
  const last = turns.findLast((turn) => turn.type === 'user');
  return last?.type === 'user' && (last.text.includes(summaryPrompt) || last.text.includes(compactionWish));
}

/** What a model hands over: all that it knows, which is one fact. */
export function handOverOf(conversation: Conversation): Answer {
  const text = `Handed over. The secret is ${secretIn(conversation)}.`;
  const asked = JSON.stringify(conversation.turns.at(-1));
  return asked.includes(compactionWish) ? { compaction: text } : { thinking: 'What matters here?', text };
}

/** A model that condenses its history when it is asked to, and else follows the script. */
export function compacting(script: Script): Script {
  return (conversation) => (isCompaction(conversation) ? handOverOf(conversation) : script(conversation));
}
