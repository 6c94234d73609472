/** Nothing that a path could leave its place by: dot segments, backslashes, and slashes that only a decoder sees. */
const unsafe = /^\.{1,2}$|[\\/]|\p{Cc}|\p{Surrogate}/u;

/** What may stand in a path as it is. */
const written = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})+$/;

/**
 * The path if each of its segments, decoded as often as it can be, names one thing below where it begins; else undefined.
 * It goes to a provider with our key, so it may never lead out of what the provider's base URL names.
 */
export function confinedPath(path: string): string | undefined {
  const [first, ...segments] = path.split('/');
  return first === '' && segments.length > 0 && segments.every(isConfined) ? path : undefined;
}

function isConfined(segment: string): boolean {
  return written.test(segment) && !decodings(segment).some((text) => unsafe.test(text));
}

/** The segment and all that it becomes when it is decoded again and again, as proxies behind proxies do. */
function decodings(segment: string): readonly string[] {
  const found = [segment];
  for (let text = segment; text.includes('%');) {
    const next = decoded(text);
    if (next === undefined) return [...found, '..'];
    if (next === text) return found;
    found.push(next);
    text = next;
  }
  return found;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
