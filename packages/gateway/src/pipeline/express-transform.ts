import { createFrameMeter } from '../catalog/frame-meter.ts';
import { Failure } from '../core/failure.ts';
import type { Frame } from '../core/frame.ts';
import { isJsonObject, parseJson } from '../core/json.ts';
import type { ReplyObserver } from '../dialects/dialect.ts';
import type { ReplyTrack } from '../dialects/resumption.ts';
import { type Cut, createFrameCutter } from '../wire/sse-cutter.ts';
import type { Piece } from './pump.ts';
import type { Transform } from './stream-pump.ts';

export interface ExpressSettings {
  readonly observer: ReplyObserver;
  /** One failure in the client's dialect, framed. */
  closing(failure: Failure): string;
  /** Frames that only exist because the gateway asked for usage are not passed on. */
  readonly dropsUsageFrame: boolean;
  /** Remembers what is told; a failure is then withheld. */
  readonly track?: ReplyTrack | undefined;
}

const nothing = Buffer.alloc(0);
const blankLine = Buffer.from('\n\n');

/** The express lane: bytes pass untouched, whole frames at a time, while an observer looks on. Nothing passes after the terminal event. */
export function createExpressTransform(settings: ExpressSettings): Transform {
  const { observer, track } = settings;
  const cutter = createFrameCutter();
  let closed = false;
  let complete = false;
  let failure: Failure | undefined;
  let withheld: Buffer | undefined;
  const meter = createFrameMeter();

  /** The part of a cut that may pass. Almost always that is all of it. */
  function pass(cut: Cut): Buffer {
    const bytes = cut.ready[0] ?? nothing;
    const kept: Buffer[] = [];
    let from = 0;
    for (const [at, frame] of cut.frames.entries()) {
      const note = observer.push(frame);
      if (isUnreadable(frame)) {
        return joined(kept, Buffer.concat([bytes.subarray(from, cut.ends[at - 1] ?? from), close()]));
      }
      const { seen } = observer;
      if (track && seen.terminal instanceof Failure) {
        closed = true;
        const start = cut.ends[at - 1] ?? 0;
        telling(Buffer.from(bytes.subarray(start, cut.ends[at])));
        return joined(kept, bytes.subarray(from, start));
      }
      track?.watch(frame);
      if (note === 'piece') meter.add(frame.event ?? '', frame.data.length);
      if (seen.terminal !== undefined) complete = true;
      if (note === 'usage-only' && settings.dropsUsageFrame) {
        kept.push(bytes.subarray(from, cut.ends[at - 1] ?? from));
        from = cut.ends[at] ?? bytes.length;
      }
      if (seen.closed) {
        closed = true;
        return joined(kept, bytes.subarray(from, cut.ends[at]));
      }
    }
    return joined(kept, bytes.subarray(from));
  }

  /** No client can make anything of such a frame: it does not pass, and the client is told so instead. */
  function isUnreadable(frame: Frame): boolean {
    const { terminal } = observer.seen;
    if (!(terminal instanceof Failure) || terminal.code !== 'upstream-garbled') return false;
    return !isJsonObject(parseJson(frame.data.toString('utf8')));
  }

  function close(): Buffer {
    closed = true;
    failure =
      observer.seen.terminal instanceof Failure
        ? observer.seen.terminal
        : new Failure('upstream-cut', 'The provider ended its answer before it was complete.');
    return telling(Buffer.from(settings.closing(failure)));
  }

  /** What the client gets of a closing failure now: nothing where another deployment may go on. */
  function telling(closing: Buffer): Buffer {
    if (!track) return closing;
    withheld = closing;
    return nothing;
  }

  /** Upstream ended without saying so: that is a cut unless the terminal event has passed. */
  function finish(): Piece {
    const last = cutter.end();
    for (const frame of last.frames) {
      observer.push(frame);
      if (isUnreadable(frame)) return close();
      track?.watch(frame);
    }
    closed = true;
    const rest = last.rest !== undefined && last.frames.length > 0 ? Buffer.concat([last.rest, blankLine]) : nothing;
    const { terminal } = observer.seen;
    if (terminal === undefined) return Buffer.concat([rest, close()]);
    return terminal instanceof Failure ? telling(rest) : rest;
  }

  return {
    push: (chunk) => (closed ? nothing : pass(cutter.push(chunk))),
    end: () => (closed ? nothing : finish()),
    fail(thrown) {
      if (closed || observer.seen.terminal !== undefined) return nothing;
      failure = thrown;
      return telling(Buffer.from(settings.closing(thrown)));
    },
    complete: () => complete,
    withheld: () => withheld,
    seen: () => (failure ? { ...observer.seen, terminal: failure, closed: true } : observer.seen),
    begun: () => observer.seen.semantic,
    weight: meter.weight,
  };
}

function joined(kept: readonly Buffer[], rest: Buffer): Buffer {
  return kept.length > 0 ? Buffer.concat([...kept, rest]) : rest;
}
