/** Where an answer goes. Awaiting `write` is the whole back-pressure rule. */
export interface Sink {
  /** Sends status and headers. Once. */
  start(status: number, headers: Readonly<Record<string, string>>): void;
  started(): boolean;
  /** Takes bytes; the promise, if any, resolves when more may be written. Rejects with `client-gone`. */
  write(bytes: Buffer | string): Promise<void> | undefined;
  /** Ends the answer, with its last bytes if there are any, and resolves when all have left. */
  end(last?: Buffer | string): Promise<void>;
  /** Breaks the answer off so that the client cannot take it for whole. Absent where answers are messages, which can say so. */
  cut?(): void;
  /** Bytes written so far, heads not counted. */
  bytesWritten(): number;
}
