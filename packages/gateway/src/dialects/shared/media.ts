import type { MediaSource } from '../../core/items.ts';

const dataUrl = /^data:([^;,]+)?((?:;[^;,]+)*?)(;base64)?,/;

/** A URL as a media source: data URLs are taken apart, all others kept. Non-base64 data URLs are re-encoded. */
export function sourceOfUrl(url: string): MediaSource {
  const match = url.startsWith('data:') ? dataUrl.exec(url) : null;
  if (!match) return { kind: 'url', url };
  const payload = url.slice(match[0].length);
  const base64 = match[3] ? payload : Buffer.from(percentDecoded(payload)).toString('base64');
  return { kind: 'data', mediaType: match[1] ?? 'text/plain', base64 };
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A media source as a URL, or undefined for a provider's file id. */
export function urlOfSource(source: MediaSource): string | undefined {
  if (source.kind === 'url') return source.url;
  return source.kind === 'data' ? `data:${source.mediaType};base64,${source.base64}` : undefined;
}
