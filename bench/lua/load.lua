-- Asks for one path over and over. PIPELINE requests leave in one write; with CLOSE=1 each is the last of its connection. Prints one line
-- for bench/run: requests, microseconds, errors, and latencies in microseconds. With pipelining there are none: wrk takes the time of a whole
-- batch, and then mends it with the mean time of one request, which gives nonsense.
local pipeline = tonumber(os.getenv("PIPELINE") or "1")
local batch

init = function()
  if os.getenv("CLOSE") == "1" then
    wrk.headers["Connection"] = "close"
  end
  local requests = {}
  for i = 1, pipeline do
    requests[i] = wrk.format("GET", wrk.path)
  end
  batch = table.concat(requests)
end

request = function()
  return batch
end

done = function(summary, latency)
  local errors = summary.errors
  local function micros(percent)
    return pipeline > 1 and -1 or latency:percentile(percent)
  end
  io.write(string.format("SAMPLE %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status,
    micros(50), micros(99), micros(99.9)))
end
