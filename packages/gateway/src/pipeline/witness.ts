import { isSemantic, type ReplyEvent, type ReplyStart } from '../core/events.ts';
import type { Mutable } from '../core/mutable.ts';
import type { Usage } from '../core/usage.ts';
import type { Observation, ReplyDecoder } from '../dialects/dialect.ts';
import type { AnswerWeight } from './pump.ts';

/** Notes what events tell of an answer: the translate lane's counterpart of a dialect's observer. */
export interface Witness {
  watch(event: ReplyEvent): void;
  /** Both grow. */
  readonly seen: Observation;
  readonly weight: AnswerWeight;
}

export function createWitness(): Witness {
  const seen: Mutable<Observation> = { semantic: false };
  const weight: Mutable<AnswerWeight> = { frames: 0, textBytes: 0 };

  function end(terminal: NonNullable<Observation['terminal']>, usage: Usage | undefined): void {
    seen.terminal = terminal;
    seen.closed = true;
    if (usage) seen.usage = usage;
  }

  return {
    watch(event) {
      if (!seen.semantic && isSemantic(event) && event.type !== 'reply-done') seen.semantic = true;
      if ('text' in event) {
        weight.frames += 1;
        weight.textBytes += Buffer.byteLength(event.text);
      } else if (event.type === 'reply-start') {
        Object.assign(seen, startOf(event));
      } else if (event.type === 'reply-done') {
        end(event.stop === 'complete' || event.stop === 'stop-sequence' ? 'done' : 'incomplete', event.usage);
      } else if (event.type === 'reply-failed') {
        end(event.failure, event.usage);
      }
    },
    seen,
    weight,
  };
}

function startOf({ model, id, usage }: ReplyStart): Partial<Observation> {
  return { ...(model ? { model } : {}), ...(id ? { replyId: id } : {}), ...(usage ? { usage } : {}) };
}

/** What a decoder keeps to itself has come all the same. */
export function withHeldBack({ frames, textBytes }: AnswerWeight, decoder: ReplyDecoder): AnswerWeight {
  return { frames: frames + (decoder.heldBack?.() ?? 0), textBytes };
}
