/**
 * undici 8 refuses to load whole on Node 20 but its pool does, so it is imported by path, and only what is used of it is declared:
 * its own types leave out that a body may be any iterable. See docs/decisions/0002-undici-by-path.md.
 */
declare module 'undici/lib/dispatcher/pool.js' {
  import type { Dispatcher, Pool } from 'undici';

  interface PoolRequest {
    readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer | Iterable<Buffer> | AsyncIterable<Buffer> | null;
    /** Milliseconds. */
    readonly headersTimeout: number;
    /** Milliseconds. */
    readonly bodyTimeout: number;
  }

  export default class HttpPool {
    constructor(origin: string, options: Pool.Options);
    dispatch(request: PoolRequest, handler: Dispatcher.DispatchHandler): boolean;
    destroy(): Promise<void>;
  }
}
