import { noUsage, type Usage } from '../core/usage.ts';

/** What is known of an answer that did not come to its end, or came without a word on its usage. */
export interface Streamed {
  readonly bodyBytes: number;
  /** What the provider had told by then. Some tell the input at the beginning, some the usage so far with every chunk. */
  readonly told?: Usage | undefined;
  /** Frames that carried a piece of the answer. */
  readonly frames: number;
  /** Their text, thoughts and tool input. */
  readonly textBytes: number;
}

const requestBytesPerToken = 4;
const textBytesPerToken = 3;

/**
 * What such an answer is billed at. The input as told, else by its size; the output by what came, and never less than was told.
 * Thinking that a provider does not show cannot be counted.
 */
export function estimateStreamed({ bodyBytes, told, frames, textBytes }: Streamed): Usage {
  const toldInput = told?.inputTokens ?? 0;
  const toldOutput = told?.outputTokens ?? 0;
  // A frame holds at least a token. Who tells at least as many counts as it goes (Gemini); who tells fewer did so at the start (Anthropic).
  const running = toldOutput > 0 && toldOutput >= frames;
  return {
    ...noUsage,
    ...told,
    inputTokens: toldInput > 0 ? toldInput : Math.ceil(bodyBytes / requestBytesPerToken),
    outputTokens: running ? toldOutput : Math.max(toldOutput, frames, Math.ceil(textBytes / textBytesPerToken)),
    estimated: true,
  };
}
