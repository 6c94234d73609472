import { isSemantic, type ReplyEvent, type ReplyStart } from '../core/events.ts';
import type { Observation, ReplyDecoder } from '../dialects/dialect.ts';
import type { AnswerWeight } from './pump.ts';

/** Notes what events tell of an answer: the translate lane's counterpart of a dialect's observer. */
export interface Witness {
  watch(event: ReplyEvent): void;
  readonly seen: Observation;
  readonly weight: AnswerWeight;
}

export function createWitness(): Witness {
  let seen: Observation = { semantic: false };
  let frames = 0;
  let textBytes = 0;

  function note(more: Partial<Observation>): void {
    seen = { ...seen, ...more };
  }

  return {
    watch(event) {
      if (!seen.semantic && isSemantic(event) && event.type !== 'reply-done') note({ semantic: true });
      if ('text' in event) {
        frames += 1;
        textBytes += Buffer.byteLength(event.text);
      } else if (event.type === 'reply-start') {
        note(startOf(event));
      } else if (event.type === 'reply-done') {
        const terminal = event.stop === 'complete' || event.stop === 'stop-sequence' ? 'done' : 'incomplete';
        note({ terminal, closed: true, ...(event.usage ? { usage: event.usage } : {}) });
      } else if (event.type === 'reply-failed') {
        note({ terminal: event.failure, closed: true, ...(event.usage ? { usage: event.usage } : {}) });
      }
    },
    get seen() {
      return seen;
    },
    get weight() {
      return { frames, textBytes };
    },
  };
}

function startOf({ model, id, usage }: ReplyStart): Partial<Observation> {
  return { ...(model ? { model } : {}), ...(id ? { replyId: id } : {}), ...(usage ? { usage } : {}) };
}

/** What a decoder keeps to itself has come all the same. */
export function withHeldBack({ frames, textBytes }: AnswerWeight, { heldBack = 0 }: ReplyDecoder): AnswerWeight {
  return { frames: frames + heldBack, textBytes };
}
