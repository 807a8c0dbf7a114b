"use strict";
// Sends what is typed, and shows what happened in the threads. The server renders every message; this file only places it.

const TYPING_SECONDS = 20; // the platform hides the indicator after this
const TYPING_SHOWN_MS = 400; // shown at least this long, so that an answer within milliseconds does not flicker

const { run, patient } = document.body.dataset;
const thread = document.getElementById("thread");
const entries = document.getElementById("entries");
const typing = document.getElementById("typing");
const form = document.getElementById("compose");
const text = document.getElementById("text");
let last = Number(document.body.dataset.last);
let hideTyping = 0;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const toEnd = () => { thread.scrollTop = thread.scrollHeight; };
const dropChips = () => entries.querySelectorAll(".chips").forEach((chips) => chips.remove());

async function send(order) {
  try {
    const response = await fetch("/simulator/send", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ patient, ...order }),
    });
    if (!response.ok) alert(await response.text());
  } catch {
    alert("The simulator cannot be reached. Is the service running?");
  }
}

function showTyping(on) {
  clearTimeout(hideTyping);
  typing.hidden = !on;
  if (on) hideTyping = setTimeout(() => showTyping(false), TYPING_SECONDS * 1000);
}

function place(change) {
  const known = document.getElementById(`entry-${change.id}`);
  if (known) {
    const fresh = new DOMParser().parseFromString(change.html, "text/html").querySelector(".entry");
    known.dataset.state = fresh.dataset.state;
    known.querySelector(".meta").replaceWith(fresh.querySelector(".meta"));
    return;
  }
  dropChips();
  if (change.by_page) showTyping(false);
  entries.insertAdjacentHTML("beforeend", change.html);
}

function note(change) {
  const link = document.querySelector(`.patients a[data-patient="${change.patient}"]`);
  if (!link || change.kind === "typing") return;
  link.querySelector(".preview").textContent = change.preview;
  if (change.patient === patient || !change.by_page) return;
  const count = link.querySelector(".count");
  count.textContent = Number(count.textContent) + 1;
  link.querySelector(".unread").hidden = false;
}

async function take(change) {
  note(change);
  if (change.patient !== patient) return;
  if (change.kind === "typing") {
    showTyping(true);
    toEnd();
    await pause(TYPING_SHOWN_MS);
    return;
  }
  place(change);
  toEnd();
}

async function follow() {
  for (;;) {
    try {
      const response = await fetch(`/simulator/changes?run=${run}&after=${last}`);
      if (!response.ok) throw new Error(response.statusText);
      const news = await response.json();
      if (news.reload) {
        location.replace("/simulator");
        return;
      }
      last = news.last;
      for (const change of news.changes) await take(change);
    } catch {
      await pause(1000); // the service restarts, or the page is being left
    }
  }
}

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const written = text.value;
  if (!written.trim()) return;
  text.value = "";
  grow();
  text.focus();
  send({ text: written });
});

text.addEventListener("input", grow);
text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

document.getElementById("attach").addEventListener("click", () => send({ attachment: "image" }));

entries.addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  if (!chip) return;
  const order = { text: chip.textContent, payload: chip.dataset.payload };
  dropChips();
  text.focus();
  send(order);
});

toEnd();
follow();
