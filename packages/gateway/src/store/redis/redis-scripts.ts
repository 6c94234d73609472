import { createHash } from 'node:crypto';

/** A script that runs as one step on the server. */
export interface RedisScript {
  readonly source: string;
  readonly sha: string;
}

function script(source: string): RedisScript {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/** How many words of ARGV a claim takes. `claimWords` in redis-claims.ts writes them in this order. */
const wordsOfClaim = 10;

/**
 * What the scripts share. Every claim is one key and ten words: kind, enforced, limit, amount, booked, carried, x, y, z, slot.
 * Amounts up to 2^53 are exact in Lua; they are added by HINCRBY, which is exact in any case.
 */
const common = `
local function word(first, index, place) return ARGV[first + index * ${wordsOfClaim} + place] end
local function whole(number) return string.format('%.0f', number) end

local function bucket(key, now, refill, refillMs)
  local stored = redis.call('HMGET', key, 'content', 'at')
  local content, at = tonumber(stored[1] or '0'), tonumber(stored[2] or '0')
  if now > at then content, at = math.max(0, content - (now - at) * refill / refillMs), now end
  return content, at
end

local function pour(key, content, at, refill, refillMs)
  redis.call('HSET', key, 'content', string.format('%.17g', content), 'at', whole(at))
  redis.call('PEXPIRE', key, math.ceil(content * refillMs / refill) + 60000)
end

local look = {
  w = function(key, more, limit)
    local stored = redis.call('HMGET', key, 's', 'h')
    local used, held = stored[1] or '0', stored[2] or '0'
    return tonumber(used) + tonumber(held) + more <= limit, used, held, ''
  end,
  r = function(key, more, limit, now, x, y)
    local from, freeAfter = tonumber(x), tonumber(y)
    local stored = redis.call('HGETALL', key)
    local used, held, oldest = 0, '0', nil
    for index = 1, #stored, 2 do
      local start = tonumber(stored[index])
      if stored[index] == 'h' then held = stored[index + 1]
      elseif start >= from and stored[index + 1] ~= '0' then
        used = used + tonumber(stored[index + 1])
        if oldest == nil or start < oldest then oldest = start end
      end
    end
    local fits = used + tonumber(held) + more <= limit
    local wait = ''
    if not fits and oldest ~= nil then wait = whole(oldest + freeAfter - now) end
    return fits, whole(used), held, wait
  end,
  b = function(key, more, limit, now, x, y)
    local refill, refillMs = tonumber(x), tonumber(y)
    local content, at = bucket(key, now, refill, refillMs)
    local room = limit - math.min(more, limit)
    local wait = 0
    if content > room + 1e-6 then wait = math.max(0, at - now) + (content - room) * refillMs / refill end
    return wait == 0, whole(math.ceil(content)), '0', whole(math.ceil(wait))
  end,
  c = function(key, more, limit)
    local used = redis.call('SCARD', key)
    return used + more <= limit, whole(used), '0', ''
  end,
  s = function(key, more, limit, now, x, y)
    local idle = tonumber(y)
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - idle)
    local used = redis.call('ZCARD', key)
    if redis.call('ZSCORE', key, x) or used + more <= limit then return true, whole(used), '0', '' end
    local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    return false, whole(used), '0', whole(tonumber(oldest[2]) + idle - now)
  end,
}

local function hold(kind, key, more, x, z)
  if more ~= '0' and more ~= '-0' then redis.call('HINCRBY', key, 'h', more) end
  local keep = tonumber(kind == 'w' and x or z)
  if keep > 0 then redis.call('PEXPIRE', key, keep) end
end

local function lookAt(first, index, key, more, now)
  local kind = word(first, index, 0)
  return look[kind](key, more, tonumber(word(first, index, 2)), now, word(first, index, 6), word(first, index, 7))
end

local function add(answer, fits, used, held, wait)
  answer[#answer + 1] = fits and '1' or '0'
  answer[#answer + 1] = used
  answer[#answer + 1] = held
  answer[#answer + 1] = wait
end
`;

/** KEYS: epoch, replicas, done, holds, one for each claim. ARGV: now, replica, hold id, hold, claims. */
export const reserveScript = script(`${common}
if redis.call('EXISTS', KEYS[1]) == 0 then return {'-1'} end
if redis.call('EXISTS', KEYS[3]) == 1 then return {'-2'} end
local now, first, keysBefore = tonumber(ARGV[1]), 5, 4
local answer, granted = {'1'}, true
for index = 0, #KEYS - keysBefore - 1 do
  local fits, used, held, wait = lookAt(first, index, KEYS[keysBefore + 1 + index], tonumber(word(first, index, 3)), now)
  if not fits and word(first, index, 1) == '1' then granted = false end
  add(answer, fits, used, held, wait)
end
if not granted then answer[1] = '0' return answer end
for index = 0, #KEYS - keysBefore - 1 do
  local key, kind, amount = KEYS[keysBefore + 1 + index], word(first, index, 0), word(first, index, 3)
  local x, y = word(first, index, 6), word(first, index, 7)
  if kind == 'w' or kind == 'r' then hold(kind, key, amount, x, word(first, index, 8))
  elseif kind == 'b' then
    local content, at = bucket(key, now, tonumber(x), tonumber(y))
    pour(key, content + tonumber(amount), at, tonumber(x), tonumber(y))
  elseif kind == 'c' then redis.call('SADD', key, ARGV[3])
  else
    redis.call('ZADD', key, 'GT', now, x)
    redis.call('PEXPIRE', key, tonumber(y) + 60000)
  end
end
redis.call('HSET', KEYS[4], ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[2], 'NX', redis.call('TIME')[1], ARGV[2])
return answer`);

/** The amounts of a hold stand before its text, so that scripts need not parse it: `12,0,7|{…}`. */
const storedAmounts = `
local function amountsOf(stored)
  local amounts = {}
  for amount in string.gmatch(string.match(stored, '^([^|]*)|'), '[^,]+') do amounts[#amounts + 1] = amount end
  return amounts
end
`;

/** KEYS: epoch, holds, one for each claim. ARGV: now, hold id, hold, claims. Only windows grow. */
export const extendScript = script(`${common}${storedAmounts}
if redis.call('EXISTS', KEYS[1]) == 0 then return {'-1'} end
local stored = redis.call('HGET', KEYS[2], ARGV[2])
if not stored then return {'-2'} end
local now, first, keysBefore = tonumber(ARGV[1]), 4, 2
local before = amountsOf(stored)
local answer, granted, growth = {'1'}, true, {}
for index = 0, #KEYS - keysBefore - 1 do
  local kind = word(first, index, 0)
  local isWindow = kind == 'w' or kind == 'r'
  growth[index] = isWindow and tonumber(word(first, index, 3)) - tonumber(before[index + 1]) or 0
  local fits, used, held, wait = lookAt(first, index, KEYS[keysBefore + 1 + index], growth[index], now)
  if isWindow and not fits and word(first, index, 1) == '1' then granted = false end
  add(answer, fits or not isWindow, used, held, wait)
end
if not granted then answer[1] = '0' return answer end
for index = 0, #KEYS - keysBefore - 1 do
  local kind = word(first, index, 0)
  if kind == 'w' or kind == 'r' then
    hold(kind, KEYS[keysBefore + 1 + index], whole(growth[index]), word(first, index, 6), word(first, index, 8))
  end
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return answer`);

/**
 * KEYS: epoch, done, holds, outbox, one for each claim. ARGV: now, hold id, what done remembers, for how many ms, entry or nothing,
 * the hold of what goes on running or nothing, claims. A hold that is not there and was not ended is booked in full.
 */
export const settleScript = script(`${common}${storedAmounts}
if redis.call('EXISTS', KEYS[1]) == 0 then return {'-1'} end
local ended = redis.call('GET', KEYS[2])
if ended then return {string.sub(ended, 1, 1) == 'L' and '2' or '-2', ended} end
local now, first, keysBefore = tonumber(ARGV[1]), 7, 4
local stored = redis.call('HGET', KEYS[3], ARGV[2])
local held = stored and amountsOf(stored) or {}
local answer = {'1'}
for index = 0, #KEYS - keysBefore - 1 do
  local key, kind, booked = KEYS[keysBefore + 1 + index], word(first, index, 0), word(first, index, 4)
  local x, y, z = word(first, index, 6), word(first, index, 7), word(first, index, 8)
  if kind == 'w' or kind == 'r' then
    hold(kind, key, '-' .. (held[index + 1] or '0'), x, z)
    if booked ~= '0' then redis.call('HINCRBY', key, kind == 'w' and 's' or word(first, index, 9), booked) end
  elseif kind == 'b' then
    local change = tonumber(booked) - tonumber(held[index + 1] or '0')
    if change ~= 0 then
      local content, at = bucket(key, now, tonumber(x), tonumber(y))
      pour(key, math.max(0, content + change), at, tonumber(x), tonumber(y))
    end
  elseif kind == 'c' then
    redis.call('SREM', key, ARGV[2])
    if ARGV[6] ~= '' and word(first, index, 5) == '1' then redis.call('SADD', key, ARGV[2] .. '~running') end
  end
  local fits, used, heldNow, wait = lookAt(first, index, key, 0, now)
  add(answer, fits, used, heldNow, wait)
end
if stored then redis.call('HDEL', KEYS[3], ARGV[2]) end
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
if ARGV[6] ~= '' then redis.call('HSET', KEYS[3], ARGV[2] .. '~running', ARGV[6]) end
if ARGV[5] ~= '' then redis.call('RPUSH', KEYS[4], ARGV[5]) end
return answer`);

/** KEYS: epoch, one for each claim. ARGV: now, claims. */
export const readScript = script(`${common}
if redis.call('EXISTS', KEYS[1]) == 0 then return {'-1'} end
local answer = {'1'}
for index = 0, #KEYS - 2 do add(answer, lookAt(2, index, KEYS[2 + index], 0, tonumber(ARGV[1]))) end
return answer`);

/** KEYS: replicas. ARGV: replica. The server's clock is the only one by which replicas are judged. */
export const heartbeatScript = script(`redis.call('ZADD', KEYS[1], redis.call('TIME')[1], ARGV[1]) return 1`);

/** KEYS: replicas. ARGV: seconds of silence after which a replica is dead. */
export const deadReplicasScript = script(
  `return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', redis.call('TIME')[1] - tonumber(ARGV[1]))`,
);

/** KEYS: replicas, holds. ARGV: replica. Forgets a replica that has nothing left to settle. */
export const forgetReplicaScript = script(
  `if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('ZREM', KEYS[1], ARGV[1]) end return 1`,
);

/** KEYS: drainer, outbox. ARGV: replica, how many. Only who drains may shorten the outbox. */
export const trimOutboxScript = script(
  `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end redis.call('LTRIM', KEYS[2], ARGV[2], -1) return 1`,
);

/** KEYS: drainer. ARGV: replica, ms. Gives whether this replica drains the outbox. */
export const becomeDrainerScript = script(`
local drainer = redis.call('GET', KEYS[1])
if drainer and drainer ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`);
