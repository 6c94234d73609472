import type { JsonObject } from '../core/json.ts';
import type { AgentName } from './dialect.ts';

/** What a client was told of an answer that has not ended. */
export interface ReplySoFar {
  readonly id: string;
  /** The number of the next event, and the place of the next item. */
  readonly sequence: number;
  readonly nextIndex: number;
  /** The items that are finished, as they were told: the agent keeps them whatever follows. What was only begun it forgets. */
  readonly items: readonly JsonObject[];
  /**
   * What can be done where no more of the answer comes. `resume`: another may go on, as nothing was told that the agent acts on. `finish`: a call is
   * finished and the agent is running it; the answer can end there, for the agent will ask again with the call's result. `fail`: nobody can tell.
   */
  readonly remedy: 'resume' | 'finish' | 'fail';
}

/** One event as it goes to the client. The data are valid only while it is watched. */
export interface ToldEvent {
  readonly event?: string | undefined;
  readonly data: Buffer | string;
}

/** Remembers what a client is told. */
export interface ReplyTrack {
  watch(event: ToldEvent): void;
  /** Undefined as long as the answer has no id. */
  soFar(): ReplySoFar | undefined;
}

/** How an answer that broke off is gone on with, by another deployment and in the same stream, so that the agent notices nothing. */
export interface Resumption {
  /** Whether it was measured that this agent forgets what was only begun. */
  isSafeFor(agent: AgentName): boolean;
  /** The field of a request that holds the history. Whoever goes on is shown the finished items at its end. */
  readonly historyField: string;
  /** `before`: what earlier parts of the answer told. */
  createTrack(before?: ReplySoFar): ReplyTrack;
}
