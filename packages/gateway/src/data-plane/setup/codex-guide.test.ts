import { describe, expect, it } from 'vitest';
import { codexGuide } from './codex-guide.ts';
import { codexProfile } from './codex-profile.ts';
import { ownOrigin } from './own-origin.ts';

const documented = 'http://127.0.0.1:8080';

describe('the guide for Codex', () => {
  it('holds the profile that is tested with the real Codex', () => {
    expect(codexGuide('https://gate.example.com', true)).toContain(codexProfile('https://gate.example.com', true));
  });

  it('says nothing of WebSockets where there are none', () => {
    const [withThem, without] = [codexProfile(documented, true), codexProfile(documented, false)];
    expect(withThem).toContain('supports_websockets = true');
    expect(without).not.toMatch(/websocket/i);
    expect(without).not.toContain('\n\n\n');
  });

  it('explains every line of the profile', () => {
    const lines = codexProfile(documented, true).split('\n');
    const unexplained = lines.filter((line, index) => {
      if (line === '' || line.startsWith('#') || line.startsWith('[')) return false;
      const before = lines[index - 1] ?? '';
      // Two settings may share their explanation.
      return !before.startsWith('#') && !(lines[index - 2] ?? '').startsWith('#');
    });
    expect(unexplained).toEqual([]);
  });
});

describe('where a caller reaches the gateway', () => {
  const at = (headers: Record<string, string>) => ownOrigin({ headers, socket: { localPort: 8123 } });

  it.each([
    [{ host: '127.0.0.1:8080' }, 'http://127.0.0.1:8080'],
    [{ host: 'gate.example.com', 'x-forwarded-proto': 'https' }, 'https://gate.example.com'],
    [{ host: '[::1]:9000' }, 'http://[::1]:9000'],
    [{ host: 'localhost' }, 'http://localhost'],
  ])('%j is %s', (headers, origin) => {
    expect(at(headers)).toBe(origin);
  });

  it.each(['', 'a b', 'x"\nmodel = "evil', 'user@host', 'host/path', 'host:99999999', '`id`', '$(id)', '-x'])(
    'is not believed where the caller says %j',
    (host) => {
      expect(at({ host })).toBe('http://127.0.0.1:8123');
    },
  );

  it('is plain HTTP unless the proxy says exactly otherwise', () => {
    expect(at({ host: 'a.b', 'x-forwarded-proto': 'javascript' })).toBe('http://a.b');
  });
});
