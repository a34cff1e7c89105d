// <form data-keeps="address"> is kept on the server as it is typed: a few seconds after the last key, and when the page is
// left. Nothing is saved by it; who comes back is offered what was typed. The answer is a sentence, said below the buttons.
// Without the script the form is sent by its buttons, as it is with it.

const PAUSE = 3_000; // milliseconds after the last key
const AGAIN = 20_000; // until what could not be kept is tried again, twice as long each time
const LONGEST = 320_000;
const AT_ONCE = 60_000; // bytes a browser still sends for a page that has gone
const NOT_KEPT = {
  403: "Not kept: this form is out of date, perhaps because you signed in again in another window. Copy your words, then open it anew.",
};
const NO_ANSWER = "Not kept: the tracker cannot be reached just now. It is tried again; you can go on typing.";
const UNDECIDED = "Not kept as you type, until you have decided about the words at the top.";

const form = document.querySelector("form[data-keeps]");
const said = document.createElement("p");

function typedNow() {
  const boxes = [...new FormData(form)].filter(([, value]) => typeof value === "string"); // no files
  return new URLSearchParams(boxes).toString();
}

function say(words) {
  if (said.textContent !== words) said.textContent = words;
}

function keep() {
  const isGivenBack = new URLSearchParams(location.search).has("waiting");
  let kept = form.dataset.unsaved || isGivenBack ? "" : typedNow();
  let underWay = { typed: "", controller: new AbortController() };
  let isSent = false;
  let again = AGAIN;
  let timer;

  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  };

  const tryAgain = () => {
    later(again);
    again = Math.min(2 * again, LONGEST);
  };

  async function send(isLeaving) {
    const typed = typedNow();
    if (isSent || typed === kept || typed === underWay.typed) return;
    underWay.controller.abort();
    const mine = (underWay = { typed, controller: new AbortController() });
    try {
      const answer = await fetch(form.dataset.keeps, {
        method: "POST",
        body: new URLSearchParams(typed),
        keepalive: isLeaving === true && typed.length < AT_ONCE,
        redirect: "manual",
        signal: mine.controller.signal,
      });
      const isSentence = answer.headers.get("Content-Type")?.startsWith("text/plain");
      say(isSentence ? await answer.text() : (NOT_KEPT[answer.status] ?? NO_ANSWER));
      if (!answer.ok || !isSentence) return tryAgain();
      kept = typed;
      again = AGAIN;
    } catch {
      if (mine.controller.signal.aborted) return;
      say(NO_ANSWER);
      tryAgain();
    } finally {
      if (mine === underWay) mine.typed = "";
    }
  }

  const onTyping = () => {
    isSent = false; // whoever types on has stopped the sending
    later(PAUSE);
  };
  form.addEventListener("input", onTyping);
  form.addEventListener("change", onTyping);
  form.addEventListener("submit", () => {
    isSent = true; // older words must not arrive after the saved ones
    underWay.controller.abort();
  });
  window.addEventListener("pageshow", () => (isSent = false));
  window.addEventListener("pagehide", () => send(true));
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send(true));
  if (kept === "") later(PAUSE);
}

if (form) {
  said.className = "govuk-body app-muted";
  said.setAttribute("role", "status");
  form.append(said);
  if (form.dataset.waits) form.addEventListener("input", () => say(UNDECIDED));
  else keep();
}
