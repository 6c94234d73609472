import { describe, expect, it } from 'vitest';
import { callerOf, sessionOf } from './caller.ts';

const described = (fields: object) => ({ 'x-codex-turn-metadata': JSON.stringify(fields) });
const kindOf = (headers: Record<string, string>) => sessionOf(headers).requestKind;

describe('who calls', () => {
  it.each([
    [
      'codex_exec/0.169.0 (Debian 12.0.0; x86_64) xterm (codex_exec; 0.169.0)',
      { agent: 'codex', agentRelease: '0.169.0' },
    ],
    ['codex-tui/0.116.0 (Debian 12.0.0; x86_64) tmux-256color', { agent: 'codex', agentRelease: '0.116.0' }],
    ['claude-cli/2.1.329 (external, sdk-cli)', { agent: 'claude-code', agentRelease: '2.1.329' }],
    ['codex', { agent: 'codex' }],
    ['', { agent: 'other' }],
  ])('is told by %j', (userAgent, caller) => {
    expect(callerOf({ 'user-agent': userAgent })).toEqual(caller);
  });

  it('is told by other headers where Codex asks for a socket without naming itself', () => {
    const headers = { originator: 'codex_exec', version: '0.116.0' };
    expect(callerOf(headers)).toEqual({ agent: 'codex', agentRelease: '0.116.0' });
  });
});

describe('the place of a request in its agent’s work', () => {
  it('is read from Codex’s headers, without the paths that stand beside it', () => {
    const session = sessionOf({
      'session-id': 's-1',
      'thread-id': 't-2',
      'x-codex-parent-thread-id': 't-1',
      ...described({ turn_id: 'u-7', request_kind: 'turn', thread_source: 'user', workspaces: { '/home/ann': {} } }),
    });
    expect(session).toEqual({
      session: 's-1',
      thread: 't-2',
      parentThread: 't-1',
      turn: 'u-7',
      requestKind: 'turn',
    });
  });

  it('is read as older releases of Codex spell it', () => {
    expect(sessionOf({ session_id: 's-1', ...described({ turn_id: 'u-1' }) })).toEqual({ session: 's-1', turn: 'u-1' });
  });

  it('takes the ids from the description where they have no header, as in a search', () => {
    expect(sessionOf(described({ session_id: 's-1', thread_id: 't-1', turn_id: 'u-1' }))).toEqual({
      session: 's-1',
      thread: 't-1',
      turn: 'u-1',
    });
  });

  it.each([
    [described({ request_kind: 'turn', thread_source: 'thread_title' }), 'title'],
    [described({ request_kind: 'turn', thread_source: 'memory_consolidation' }), 'memory'],
    [described({ request_kind: 'prewarm' }), 'prewarm'],
    [described({ request_kind: 'compaction', thread_source: 'user' }), 'compaction'],
    [{ ...described({ request_kind: 'compaction' }), 'x-openai-subagent': 'collab_spawn' }, 'compaction'],
    [{ ...described({ request_kind: 'turn' }), 'x-openai-subagent': 'collab_spawn' }, 'subagent'],
    [{ ...described({ request_kind: 'turn' }), 'x-openai-subagent': 'review' }, 'review'],
    [{ 'x-openai-memgen-request': 'true' }, 'memory'],
    [{ 'x-claude-code-session-id': 's', 'x-claude-code-agent-id': 'a' }, 'subagent'],
    [described({ request_kind: 'constructor', thread_source: 'constructor' }), undefined],
    [{ 'x-claude-code-session-id': 's' }, undefined],
  ])('%j is for %s', (headers, kind) => {
    expect(kindOf(headers)).toBe(kind);
  });

  it.each(['', 'not json', '[]', 'null', '{"turn_id":5,"session_id":""}', `{"turn_id":"${'x'.repeat(300)}"}`])(
    'is unknown where the description is %.40j',
    (text) => {
      expect(sessionOf({ 'x-codex-turn-metadata': text })).toEqual({});
    },
  );
});
