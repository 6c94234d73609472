import type { JsonObject } from '../../src/core/json.ts';
import type { Conversation } from './conversation.ts';

/** Tokens as the script counts them: `input` holds cached and written ones, `output` holds reasoning. */
export interface TokenCounts {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** A tool call as the script wishes it. The vendor writes it in whatever form the tool was declared to it. */
export interface ScriptedCall {
  readonly name: string;
  readonly namespace?: string;
  /** Text for freeform tools, an object for all others. */
  readonly input: string | JsonObject;
}

/** What the model says in one answer, in any dialect. Spoken in the order of the fields. */
export interface Answer {
  readonly thinking?: string;
  /** The thinking comes redacted, where the vendor does such things: sealed, without words. */
  readonly hidden?: boolean;
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  /** The history in short, as a vendor that condenses histories itself gives it to be kept: sealed. */
  readonly compaction?: string;
  readonly usage?: Partial<TokenCounts>;
  /** `length`: cut by the output limit. Default: ended by itself. */
  readonly stop?: 'end' | 'length';
}

/** Decides by what the conversation holds, never by how many requests came: retries and parallel agents must not matter. */
export type Script = (conversation: Conversation) => Answer;

/** A scene: the answers to a user message that contains `cue`, one per tool result so far. */
export interface Scene {
  readonly cue: string;
  readonly answers: readonly (Answer | Script)[];
}

/**
 * Plays the scene whose cue stands in the latest user message that has one. The number of rounds of tool results after
 * that message tells which answer is due; the last answer is repeated.
 */
export function playScenes(...scenes: readonly [Scene, ...Scene[]]): Script {
  return (conversation) => {
    for (let at = conversation.turns.length - 1; at >= 0; at -= 1) {
      const turn = conversation.turns[at];
      if (turn?.type !== 'user') continue;
      const scene = scenes.find((each) => turn.text.includes(each.cue));
      if (!scene) continue;
      const due = Math.min(roundsAfter(conversation, at), scene.answers.length - 1);
      const answer = scene.answers[due] ?? {};
      return typeof answer === 'function' ? answer(conversation) : answer;
    }
    throw new Error(`no scene for: ${JSON.stringify(conversation.turns.at(-1))}`);
  };
}

/** Rounds of tool results: neighbouring results (parallel calls) count as one. */
function roundsAfter(conversation: Conversation, at: number): number {
  const after = conversation.turns.slice(at + 1);
  return after.filter((turn, index) => turn.type === 'result' && after[index - 1]?.type !== 'result').length;
}
