/**
 * Counters on PostgreSQL alone: tables that only it has, and one function for each operation, so that each is one step and
 * one round trip. Claims are JSON objects as `postgres-claims.ts` writes them. Rows are locked in the order of accounts' names.
 * Answers are lists of texts: a word, then four for each claim (fits, used, held, wait).
 */
export const ledgerFunctions: readonly string[] = [
  `create table shared_holds (
    id text collate "C" primary key,
    replica text collate "C" not null,
    hold text not null,
    amounts bigint[] not null,
    ended text,
    ended_until bigint
  )`,
  `create index shared_holds_open on shared_holds (replica) where ended is null`,
  `create index shared_holds_ended on shared_holds (ended_until) where ended is not null`,
  // Buckets of rates; for concurrency only the row's lock counts.
  `create table shared_gauges (
    account text collate "C" primary key,
    content double precision not null default 0,
    at bigint not null default 0
  )`,
  `create table shared_running (
    account text collate "C" not null,
    hold_id text collate "C" not null,
    primary key (account, hold_id)
  )`,
  `create table shared_sessions (
    account text collate "C" not null,
    session text collate "C" not null,
    seen_at bigint not null,
    primary key (account, session)
  )`,

  // The same as SQLite's trigger.
  `create function ledger_book() returns trigger language plpgsql as $$
  begin
    insert into ledger_balances (account, window_start, settled, held, kept_until)
      select posting->>0, (posting->>1)::bigint, (posting->>2)::bigint, 0, (posting->>3)::bigint
      from jsonb_array_elements(new.postings::jsonb) posting
      order by 1, 2
      on conflict (account, window_start) do update
        set settled = ledger_balances.settled + excluded.settled, kept_until = excluded.kept_until;
    delete from ledger_holds where id = new.id;
    return null;
  end $$`,
  `create trigger ledger_entries_book after insert on ledger_entries for each row execute function ledger_book()`,

  // Where a window's hold is: in the window, or for rolling ones in a row of its own.
  `create function ledger_held_row(c jsonb) returns bigint language sql immutable as $$
    select case c->>'k' when 'r' then -1 else (c->>'s')::bigint end
  $$`,

  `create function ledger_lock(c jsonb) returns void language plpgsql as $$
  begin
    if c->>'k' in ('w', 'r') then
      perform 1 from ledger_balances where account = c->>'n' and window_start = ledger_held_row(c) for update;
      if found then return; end if;
      insert into ledger_balances (account, window_start, settled, held, kept_until)
        values (c->>'n', ledger_held_row(c), 0, 0, case c->>'k' when 'w' then (c->>'u')::bigint end)
        on conflict do nothing;
      perform 1 from ledger_balances where account = c->>'n' and window_start = ledger_held_row(c) for update;
    else
      perform 1 from shared_gauges where account = c->>'n' for update;
      if found then return; end if;
      insert into shared_gauges (account) values (c->>'n') on conflict do nothing;
      perform 1 from shared_gauges where account = c->>'n' for update;
    end if;
  end $$`,

  `create function ledger_bucket(c jsonb, now_ms bigint, out content double precision, out at bigint) language plpgsql as $$
  begin
    select g.content, g.at into content, at from shared_gauges g where account = c->>'n';
    content := coalesce(content, 0);
    at := coalesce(at, 0);
    if now_ms > at then
      content := greatest(0, content - (now_ms - at) * (c->>'r')::double precision / (c->>'m')::double precision);
      at := now_ms;
    end if;
  end $$`,

  `create function ledger_pour(c jsonb, amount double precision, now_ms bigint) returns void language plpgsql as $$
  declare
    bucket record := ledger_bucket(c, now_ms);
  begin
    update shared_gauges set content = greatest(0, bucket.content + amount), at = bucket.at where account = c->>'n';
  end $$`,

  `create function ledger_look(c jsonb, more bigint, now_ms bigint) returns text[] language plpgsql as $$
  declare
    lim numeric := (c->>'l')::numeric;
    used numeric := 0;
    held numeric := 0;
    oldest bigint;
    bucket record;
    room double precision;
    wait double precision := 0;
  begin
    case c->>'k'
    when 'w' then
      select b.settled, b.held into used, held from ledger_balances b
        where account = c->>'n' and window_start = (c->>'s')::bigint;
      used := coalesce(used, 0);
      held := coalesce(held, 0);
      return array[(used + held + more <= lim)::int::text, used::text, held::text, ''];
    when 'r' then
      select coalesce(sum(b.settled), 0), min(b.window_start) filter (where b.settled <> 0) into used, oldest
        from ledger_balances b where account = c->>'n' and window_start >= (c->>'f')::bigint;
      held := coalesce((select b.held from ledger_balances b where account = c->>'n' and window_start = -1), 0);
      if used + held + more <= lim or oldest is null then
        return array[(used + held + more <= lim)::int::text, used::text, held::text, ''];
      end if;
      return array['0', used::text, held::text, (oldest + (c->>'w')::bigint - now_ms)::text];
    when 'b' then
      bucket := ledger_bucket(c, now_ms);
      room := lim - least(more, lim);
      if bucket.content > room + 1e-6 then
        wait := greatest(0, bucket.at - now_ms)
          + (bucket.content - room) * (c->>'m')::double precision / (c->>'r')::double precision;
      end if;
      return array[(wait = 0)::int::text, ceil(bucket.content)::bigint::text, '0', ceil(wait)::bigint::text];
    when 'c' then
      select count(*) into used from shared_running where account = c->>'n';
      return array[(used + more <= lim)::int::text, used::text, '0', ''];
    else
      select count(*), min(seen_at) into used, oldest from shared_sessions
        where account = c->>'n' and seen_at > now_ms - (c->>'d')::bigint;
      if used + more <= lim or exists (
        select 1 from shared_sessions
          where account = c->>'n' and session = c->>'x' and seen_at > now_ms - (c->>'d')::bigint
      ) then
        return array['1', used::text, '0', ''];
      end if;
      return array['0', used::text, '0', (oldest + (c->>'d')::bigint - now_ms)::text];
    end case;
  end $$`,

  `create function ledger_hold(c jsonb, more bigint) returns void language plpgsql as $$
  begin
    update ledger_balances set held = held + more where account = c->>'n' and window_start = ledger_held_row(c);
  end $$`,

  `create function ledger_reserve(now_ms bigint, by_replica text, hold_id text, hold_text text, claims jsonb)
  returns text[] language plpgsql as $$
  declare
    c jsonb;
    looks text[] := '{}';
    look text[];
    granted boolean := true;
  begin
    if exists (select 1 from shared_holds where id = hold_id) then return array['-2']; end if;
    for c in select value from jsonb_array_elements(claims) order by value->>'n' collate "C" loop
      perform ledger_lock(c);
    end loop;
    for c in select value from jsonb_array_elements(claims) with ordinality order by ordinality loop
      look := ledger_look(c, (c->>'a')::bigint, now_ms);
      if look[1] = '0' and c->>'e' = '1' then granted := false; end if;
      looks := looks || look;
    end loop;
    if not granted then return '0'::text || looks; end if;
    for c in select value from jsonb_array_elements(claims) loop
      case c->>'k'
      when 'w', 'r' then perform ledger_hold(c, (c->>'a')::bigint);
      when 'b' then perform ledger_pour(c, (c->>'a')::double precision, now_ms);
      when 'c' then insert into shared_running (account, hold_id) values (c->>'n', hold_id);
      else
        delete from shared_sessions where account = c->>'n' and seen_at <= now_ms - (c->>'d')::bigint;
        insert into shared_sessions (account, session, seen_at) values (c->>'n', c->>'x', now_ms)
          on conflict (account, session) do update set seen_at = greatest(shared_sessions.seen_at, now_ms);
      end case;
    end loop;
    insert into shared_holds (id, replica, hold, amounts)
      values (hold_id, by_replica, hold_text, (
        select coalesce(array_agg((value->>'a')::bigint order by ordinality), '{}')
        from jsonb_array_elements(claims) with ordinality
      ));
    return '1'::text || looks;
  end $$`,

  `create function ledger_extend(now_ms bigint, hold_id text, hold_text text, claims jsonb)
  returns text[] language plpgsql as $$
  declare
    c jsonb;
    place bigint;
    before bigint[];
    growth bigint;
    looks text[] := '{}';
    look text[];
    granted boolean := true;
  begin
    select amounts into before from shared_holds where id = hold_id and ended is null for update;
    if not found then return array['-2']; end if;
    for c in select value from jsonb_array_elements(claims) where value->>'k' in ('w', 'r')
      order by value->>'n' collate "C" loop
      perform ledger_lock(c);
    end loop;
    for c, place in select value, ordinality from jsonb_array_elements(claims) with ordinality order by ordinality loop
      growth := case when c->>'k' in ('w', 'r') then (c->>'a')::bigint - before[place] else 0 end;
      look := ledger_look(c, growth, now_ms);
      if look[1] = '0' and c->>'k' in ('w', 'r') and c->>'e' = '1' then granted := false; end if;
      looks := looks || look;
    end loop;
    if not granted then return '0'::text || looks; end if;
    for c, place in select value, ordinality from jsonb_array_elements(claims) with ordinality loop
      if c->>'k' in ('w', 'r') then perform ledger_hold(c, (c->>'a')::bigint - before[place]); end if;
    end loop;
    update shared_holds set hold = hold_text, amounts = (
      select array_agg((value->>'a')::bigint order by ordinality) from jsonb_array_elements(claims) with ordinality
    ) where id = hold_id;
    return '1'::text || looks;
  end $$`,

  // A hold that is not there and was not ended is booked in full.
  `create function ledger_settle(
    now_ms bigint, by_replica text, hold_id text, remembered text, keep_ms bigint, entry jsonb, rest text, claims jsonb
  ) returns text[] language plpgsql as $$
  declare
    c jsonb;
    place bigint;
    amounts_held bigint[] := '{}';
    before text;
    looks text[] := '{}';
  begin
    insert into shared_holds (id, replica, hold, amounts) values (hold_id, by_replica, '', '{}') on conflict do nothing;
    select amounts, ended into amounts_held, before from shared_holds where id = hold_id for update;
    if before is not null then
      return array[case when left(before, 1) = 'L' then '2' else '-2' end, before];
    end if;
    update shared_holds set hold = '', ended = remembered, ended_until = now_ms + keep_ms where id = hold_id;
    for c in select value from jsonb_array_elements(claims) order by value->>'n' collate "C" loop
      perform ledger_lock(c);
    end loop;
    for c, place in select value, ordinality from jsonb_array_elements(claims) with ordinality loop
      case c->>'k'
      when 'w', 'r' then perform ledger_hold(c, -coalesce(amounts_held[place], 0));
      when 'b' then
        if (c->>'b')::bigint <> coalesce(amounts_held[place], 0) then
          perform ledger_pour(c, (c->>'b')::bigint - coalesce(amounts_held[place], 0), now_ms);
        end if;
      when 'c' then
        delete from shared_running where account = c->>'n' and shared_running.hold_id = ledger_settle.hold_id;
        if rest is not null and c->>'c' = '1' then
          insert into shared_running (account, hold_id) values (c->>'n', ledger_settle.hold_id || '~running');
        end if;
      else null;
      end case;
    end loop;
    if rest is not null then
      insert into shared_holds (id, replica, hold, amounts)
        values (ledger_settle.hold_id || '~running', by_replica, rest, '{}');
    end if;
    if entry is not null then
      insert into ledger_entries
        select * from jsonb_populate_record(null::ledger_entries, entry) on conflict (id) do nothing;
    end if;
    for c in select value from jsonb_array_elements(claims) with ordinality order by ordinality loop
      looks := looks || ledger_look(c, 0, now_ms);
    end loop;
    return '1'::text || looks;
  end $$`,

  `create function ledger_read(now_ms bigint, claims jsonb) returns text[] language plpgsql as $$
  declare
    c jsonb;
    looks text[] := '{}';
  begin
    for c in select value from jsonb_array_elements(claims) with ordinality order by ordinality loop
      looks := looks || ledger_look(c, 0, now_ms);
    end loop;
    return '1'::text || looks;
  end $$`,
];
