-- Replays requests that were made before the clock started: each exactly once, then stops the run.
-- The file holds, per request, a line with its length in bytes and then the bytes. The first one is harmless: wrk
-- asks for one request to look at, and connections that come too late get it while the run ends.
-- Arguments: the file, and `wrap` to begin again at the end instead (warm-up only).
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local function take()
  local length = file:read('*n')
  if length == nil then return nil end
  file:read(1)
  return file:read(length)
end

function init(args)
  path = args[1]
  wraps = args[2] == 'wrap'
  file = assert(io.open(path, 'rb'))
  harmless = take()
  served = 0
  looked = false
  exhausted = false
end

function request()
  if not looked then
    looked = true
    return harmless
  end
  local raw = take()
  if raw == nil and wraps then
    file:seek('set')
    take()
    raw = take()
  end
  if raw == nil then
    exhausted = true
    wrk.thread:stop()
    return harmless
  end
  served = served + 1
  return raw
end

function done(summary, latency)
  local served, exhausted = 0, false
  for _, thread in ipairs(threads) do
    served = served + thread:get('served')
    exhausted = exhausted or thread:get('exhausted')
  end
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"microseconds":%d,"served":%d,"isExhausted":%s,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,"p50":%.1f,"p99":%.1f}\n',
    summary.requests, summary.duration, served, tostring(exhausted),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
