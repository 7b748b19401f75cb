/** What the page asks the server for. Each call gives its answer, or throws an Error with its sentence and `status`. */

async function asked(address, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
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

function sentence(error, status) {
  const text = error || `that did not work (${status})`;
  return `${text[0].toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
}

/** Something that a person does in Slack: `act("say", {user, channel, text})`. */
export function act(what, fields) {
  return asked(`/page/do/${what}`, fields);
}

/** Something that goes wrong on purpose: `damage("kill", {process: "worker"})`. */
export function damage(what, fields = {}) {
  return asked(`/page/break/${what}`, fields);
}

/** The run behind a thread, with its steps. */
export function lookInside(channel, threadTs) {
  return asked(`/page/inside?${new URLSearchParams({ channel, thread_ts: threadTs })}`);
}

/** Where the bytes of a file are. */
export function fileAddress(id, user) {
  return `/page/file/${encodeURIComponent(id)}?${new URLSearchParams({ user })}`;
}
