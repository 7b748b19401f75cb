/**
 * The requests that the page sends to its server.
 *
 * Each function returns the server's JSON answer. When the server refuses, it throws an Error with the server's
 * sentence as `message` and the HTTP status as `status`; when the server cannot be reached, an Error without a status.
 */

const PATIENCE = 8000; // milliseconds for what is only read: longer than the server itself waits for anybody

/** A POST with `body` as JSON, or a GET without one. */
async function request(address, body) {
  const options = body
    ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }
    : { signal: AbortSignal.timeout(PATIENCE) };
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Error("The playground does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok)
    throw Object.assign(new Error(sentence(answer.error, response.status)), { status: response.status });
  return answer;
}

/** The server's words as a sentence: a capital at the beginning, a full stop at the end. */
function sentence(error, status) {
  const text = error || `that did not work (${status})`;
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
}

/** Does something that a person does in Slack: `act("say", {user, channel, text})`. */
export function act(what, fields) {
  return request(`/page/do/${what}`, fields);
}

/** Breaks something on purpose: `damage("kill", {process: "worker"})`. */
export function damage(what, fields = {}) {
  return request(`/page/break/${what}`, fields);
}

/**
 * The workflow run behind a thread, with the lines of its timeline. Status 404: the agent has no part in the thread.
 */
export function lookInside(channel, threadTs) {
  return request(`/page/inside?${new URLSearchParams({ channel, thread_ts: threadTs })}`);
}

/** What is in one step of a run: `run_id` and the step's `id` are those of `lookInside`. */
export function openStep(channel, threadTs, runId, step) {
  return request(`/page/inside/step?${new URLSearchParams({ channel, thread_ts: threadTs, run_id: runId, step })}`);
}

/** The address from which the server sends a file's content to `user`. */
export function fileAddress(id, user) {
  return `/page/file/${encodeURIComponent(id)}?${new URLSearchParams({ user })}`;
}
