import type { Configuration, ConfigurationResult } from './load-configuration.ts';
import type { Problem } from './problem.ts';
import { changesThatNeedRestart, type Settings } from './resolve-settings.ts';
import { digestOf, type SecretFiles } from './resolve-secrets.ts';
import type { SnapshotHolder } from './snapshot-holder.ts';
import { type Delay, nodeDelay, nodeFiles, type WatchedFiles, watchFiles } from './watch-files.ts';

/** What became of a changed configuration. */
export type ConfigEvent =
  | {
      readonly type: 'config-replaced';
      readonly configuration: Configuration;
      /** The files that have changed. None: somebody asked for it. */
      readonly changed: readonly string[];
      /** Changes that wait for a restart, by their names in the document. */
      readonly waiting: readonly string[];
    }
  | { readonly type: 'config-rejected'; readonly problems: readonly Problem[] }
  | { readonly type: 'watch-failed'; readonly reason: string };

export interface WatchOptions {
  /** The document. Absent: there is none. */
  readonly file?: string;
  /** The document's text as it was loaded: what changed since is noticed. */
  readonly loadedText?: string;
  /** Files that held secrets when they were loaded. */
  readonly secretFiles?: SecretFiles;
  readonly load: (version: number) => Promise<ConfigurationResult>;
  readonly holder: SnapshotHolder;
  /** What the process was started with. */
  readonly running: Settings;
  readonly onEvent: (event: ConfigEvent) => void;
  readonly files?: WatchedFiles;
  readonly delay?: Delay;
}

export interface ConfigWatch {
  /** Loads anew even if no file has changed: what else it is made of may have. One load at a time. */
  reload(): Promise<void>;
  /** Looks whether a file has changed without waiting to be told, as some file systems never tell. */
  check(): Promise<void>;
  close(): void;
}

/**
 * Swaps the snapshot when its document changes, or a file with one of its secrets. A configuration that does not hold is reported, and the old one
 * stays. Compared is what the files say, by digest.
 */
export async function watchConfig(options: WatchOptions): Promise<ConfigWatch> {
  const { file, secretFiles = new Map(), files = nodeFiles, delay = nodeDelay, onEvent } = options;
  /** Digests of all files as they were last read. */
  const seen = new Map<string, string | undefined>(secretFiles);
  if (file !== undefined) seen.set(file, digestOf(options.loadedText ?? ''));
  let queue = Promise.resolve();
  let isCheckDue = false;
  let isClosed = false;

  const enqueue = (work: () => Promise<void>): Promise<void> => {
    queue = queue.then(() => (isClosed ? undefined : work()));
    return queue;
  };
  /** Those that say something else than before. A file that is gone is between two steps of being replaced, or was deleted by mistake. */
  const changedFiles = async (): Promise<readonly string[]> => {
    const changed: string[] = [];
    for (const [path, before] of seen) {
      const text = await files.read(path);
      const digest = text === undefined ? before : digestOf(text);
      if (digest !== before) changed.push(path);
      seen.set(path, digest);
    }
    return changed;
  };
  const load = async (changed: readonly string[]): Promise<void> => {
    const result = await loadAndReplace(options, changed);
    const fresh = [...(result.secretFiles ?? [])].filter(([path]) => !seen.has(path));
    // What a bad document no longer names may be what its next version needs.
    const gone = result.ok ? [...seen.keys()].filter((path) => !isNamed(path, result.secretFiles)) : [];
    for (const [path, digest] of fresh) seen.set(path, digest);
    for (const path of gone) seen.delete(path);
    if (fresh.length + gone.length === 0) return;
    await watching.follow(seen.keys());
    // What changed between the load and the watch was told to nobody.
    void checkSoon();
  };
  const isNamed = (path: string, named: SecretFiles | undefined) => path === file || named?.has(path) === true;
  const check = async (): Promise<void> => {
    isCheckDue = false;
    await watching.follow(seen.keys());
    const changed = await changedFiles();
    if (changed.length > 0) await load(changed);
  };
  const checkSoon = (): Promise<void> => {
    if (isCheckDue) return queue;
    isCheckDue = true;
    return enqueue(check);
  };
  const watching = watchFiles({
    files,
    delay,
    onSettled: () => void checkSoon(),
    onFailed: (reason) => onEvent({ type: 'watch-failed', reason }),
  });

  // Also takes up what changed between the first load and now.
  await checkSoon();
  return {
    reload: () =>
      enqueue(async () => {
        await changedFiles();
        await load([]);
      }),
    check: checkSoon,
    close: () => {
      isClosed = true;
      watching.close();
    },
  };
}

async function loadAndReplace(
  { load, holder, running, onEvent }: WatchOptions,
  changed: readonly string[],
): Promise<ConfigurationResult> {
  const result = await load(holder.current().version + 1).catch((error: unknown): ConfigurationResult => {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, problems: [{ path: '', message, severity: 'error' }] };
  });
  if (!result.ok) {
    onEvent({ type: 'config-rejected', problems: result.problems });
    return result;
  }
  const { configuration } = result;
  holder.replace(configuration.snapshot);
  const waiting = changesThatNeedRestart(running, configuration.settings);
  onEvent({ type: 'config-replaced', configuration, changed, waiting });
  return result;
}
