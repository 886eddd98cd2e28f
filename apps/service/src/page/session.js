// The buyer's page: one step at a time, each kept by the service, so a closed tab or a lost connection loses none.
import { capture } from "/assets/live.js";
import { chosen, choose, lang, speak, word } from "/assets/words.js";

const SLOTS = ["portrait_side", "emblem_side", "holder"];
const at = (id) => document.getElementById(id);
const id = location.pathname.split("/")[2] ?? "";
const base = `/v1/sessions/${id}`;
let state = null;
let slot = null;
let stream = null;
let shownStep = null;
const accepted = new Set();
// The buyer went on without a live capture, or wants another one.
let liveSkipped = false, liveAgain = false;

const say = (text, bad = false) => { at("status").textContent = text; at("status").classList.toggle("bad", bad); };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// A step that was sent twice is done once, so whatever broke off is sent again.
async function call(method, path, body, type = "application/json", headers = {}) {
  for (let wait = 500; ; wait = Math.min(wait * 2, 8000)) {
    try {
      const init = { method, headers: { ...headers }, cache: "no-store" };
      if (body !== undefined) {
        init.headers["Content-Type"] = type;
        init.body = type === "application/json" ? JSON.stringify(body) : body;
      }
      const response = await fetch(base + path, init);
      if (response.status === 503 || (response.status === 409 && path === "/complete")) {
        const problem = await response.clone().json().catch(() => null);
        if (problem?.error?.code !== "step_not_due") { await pause(1000); continue; }
      }
      const json = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : null;
      return { ok: response.ok, status: response.status, json };
    } catch {
      say(word("lost"), true);
      await pause(wait);
    }
  }
}

const advice = (error) => error?.action?.[lang] || error?.message || "";

async function load() {
  const found = await call("GET", "");
  if (found.ok) { state = found.json; return render(); }
  if (found.status === 410 || found.status === 404) return over(word("ended"));
  if (location.hash.length > 1) { at("start").hidden = false; return; }
  over(word("not_here"));
}

function over(text) {
  at("session").hidden = true;
  at("start").hidden = true;
  say(text, true);
}

at("open").addEventListener("click", async () => {
  at("open").disabled = true;
  // Known to this browser alone: whose answer got lost opens again, another browser doesn't.
  const key = sessionStorage.getItem("open-" + id) ?? crypto.randomUUID();
  sessionStorage.setItem("open-" + id, key);
  const opened = await call("POST", "/open", { token: location.hash.slice(1) }, "application/json", { "Idempotency-Key": key });
  at("open").disabled = false;
  if (!opened.ok) return over(opened.status === 403 ? word("not_here") : word("ended"));
  history.replaceState(null, "", location.pathname);
  at("start").hidden = true;
  await load();
});

function row(name, value) {
  const dt = document.createElement("dt"), dd = document.createElement("dd");
  dt.textContent = word(name);
  dd.textContent = value;
  at("about").append(dt, dd);
}

function step() {
  if (state.state === "done" || state.state === "refused") return "outcome";
  if (!state.steps.consent) return "consent";
  if (!state.steps.declared) return "declared";
  const missing = SLOTS.find((each) => slot === each || !state.steps.captures[each]
    || (state.steps.captures[each].outcome !== "pass" && !accepted.has(each)));
  return missing ?? (liveIsDue() ? "live" : "finish");
}

function liveIsDue() {
  if (state.live === "none") return false;
  return liveAgain || (state.steps.live !== "taken" && (state.live === "required" || !liveSkipped));
}

function render() {
  if (!chosen()) speak(state.locale);
  at("session").hidden = false;
  at("env").hidden = state.env !== "test";
  at("env").textContent = word("test");
  at("title").textContent = word("title");
  at("language").textContent = word("language");
  at("about").replaceChildren();
  row("who", `${state.asker.display_name} (${state.asker.iss})`);
  row("what", state.purpose_label[lang] ?? state.purpose);
  if (state.transaction) row("number", state.transaction.number);
  row("disclosed", state.disclosed_labels[lang].join(lang === "zh" ? "、" : ", ") || word("nothing"));
  at("consent-text").textContent = state.consent_text;
  at("consent-text").lang = state.locale;

  const now = step(), steps = ["consent", "declared", ...SLOTS, ...(state.live === "none" ? [] : ["live"]), "finish"];
  at("progress").replaceChildren(...steps.map((each) => {
    const item = document.createElement("li");
    item.textContent = word(each);
    if (each === now) item.setAttribute("aria-current", "step");
    const place = steps.indexOf(now);
    if (now === "outcome" || (place >= 0 && steps.indexOf(each) < place)) item.className = "done";
    return item;
  }));
  for (const section of ["consent", "declared", "photo", "live", "finish", "outcome"]) {
    at(section).hidden = !(section === now || (section === "photo" && SLOTS.includes(now)));
  }
  if (SLOTS.includes(now)) photo(now);
  at("live-skip").hidden = state.live === "required";
  if (now === "finish") retakes();
  if (now === "outcome") outcome();
  if (shownStep !== now) {
    shownStep = now;
    const section = at(SLOTS.includes(now) ? "photo" : now);
    section.querySelector("h2")?.focus();
  }
}

function list(place, items) {
  at(place).replaceChildren(...items.map(([text, kind]) => {
    const item = document.createElement("li");
    item.textContent = text;
    if (kind) item.className = kind;
    return item;
  }));
}

function photo(which) {
  at("photo-title").textContent = word(which);
  at("photo-text").textContent = word(which + "_text");
  const found = state.steps.captures[which];
  at("found").hidden = !found || found.faults.length === 0;
  if (found) list("faults", found.faults.map((fault) => [fault.advice[lang], fault.outcome]));
  at("use-sample").hidden = state.env !== "test" || !document.documentElement.dataset.samples;
  at("drawing").alt = word("drawing_alt");
  at("photo").dataset.slot = which;
}

async function send(blob) {
  const which = at("photo").dataset.slot;
  say(word("looking"));
  at("drawing").hidden = true;
  const sent = await call("PUT", `/captures/${which}`, blob, blob.type || "application/octet-stream");
  accepted.delete(which);
  slot = null;
  if (sent.ok) {
    say("");
    if (sent.json.outcome !== "pass") slot = which;
  } else {
    say(advice(sent.json?.error), true);
  }
  const found = await call("GET", "");
  if (!found.ok) return over(word("ended"));
  state = found.json;
  render();
  if (sent.ok && sent.json.faults.length) at("found").querySelector("h3").focus();
}

function retakes() {
  const each = state.live === "none" ? SLOTS : [...SLOTS, "live"];
  at("retakes").replaceChildren(...each.map((each) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = `${word("retake")}: ${word(each)}`;
    button.addEventListener("click", () => { if (each === "live") liveAgain = true; else slot = each; render(); });
    return button;
  }));
}

function outcome() {
  const good = state.state === "done";
  at("outcome-title").textContent = word(good ? "attested" : "refused");
  at("outcome-title").className = good ? "good" : "bad";
  at("outcome-text").textContent = good ? word("attested_text") : reasonText(state.refusal);
  list("reasons", []);
  at("return").hidden = !state.return;
  if (state.return) at("return").href = state.return;
}

const reasonText = (refusal) =>
  [refusal?.action?.[lang], refusal?.human_route ? word("route") + refusal.human_route : ""].filter(Boolean).join(" ");

at("consent-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = await call("POST", "/consent", { text_sha256: state.text_sha256, agreed: at("agree").checked });
  if (!given.ok) return say(advice(given.json?.error), true);
  say("");
  state = given.json;
  render();
});

at("declared-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = await call("POST", "/declared", { name: at("name").value.trim(), id_number: at("id-number").value.trim().toUpperCase() });
  if (!given.ok) return say(advice(given.json?.error), true);
  say("");
  state = given.json;
  render();
});

at("file").addEventListener("change", () => { const [file] = at("file").files; at("file").value = ""; if (file) send(file); });
at("anyway").addEventListener("click", () => { accepted.add(at("photo").dataset.slot); slot = null; render(); });
at("show-drawing").addEventListener("click", () => {
  at("drawing").src = `${base}/captures/${at("photo").dataset.slot}/annotated?${Date.now()}`;
  at("drawing").hidden = false;
});
at("use-sample").addEventListener("click", async () => {
  try {
    const sample = await fetch(`/demo/photos/${at("photo").dataset.slot}.jpg`);
    if (sample.ok) await send(await sample.blob());
  } catch {
    say(word("lost_file"), true);
  }
});

at("use-camera").addEventListener("click", async () => {
  try {
    const facing = at("photo").dataset.slot === "holder" ? "user" : "environment";
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, width: { ideal: 4096 }, height: { ideal: 4096 } } });
    at("video").srcObject = stream;
    await at("video").play();
    at("camera").hidden = false;
    at("choose").hidden = true;
    say("");
    at("shoot").focus();
  } catch {
    say(word("camera_refused"), true);
  }
});

function closeCamera() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  at("video").srcObject = null;
  at("camera").hidden = true;
  at("choose").hidden = false;
}
at("close-camera").addEventListener("click", closeCamera);
// The still is what the screen shows: from the video, at its own size.
at("shoot").addEventListener("click", async () => {
  const video = at("video"), canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  closeCamera();
  if (blob) send(blob);
});

at("live-skip").addEventListener("click", () => { liveSkipped = true; liveAgain = false; say(""); render(); });
at("live-begin").addEventListener("click", async () => {
  at("live-choose").hidden = true;
  say("");
  const done = await capture(call);
  const found = await call("GET", "");
  if (!found.ok) return over(word("ended"));
  state = found.json;
  at("live-choose").hidden = false;
  if (done.camera && !done.refused) liveAgain = false;
  render();
  if (!done.camera) say(word(state.live === "required" ? "live_refused" : "live_refused_skip"), true);
  else if (done.refused) say(advice(done.refused.json?.error), true);
  if (step() === "live") at("live-begin").focus();
});

at("complete").addEventListener("click", async () => {
  at("complete").disabled = true;
  say(word("working"));
  const told = await call("POST", "/complete");
  at("complete").disabled = false;
  if (!told.ok) { say(advice(told.json?.error), true); return; }
  const found = await call("GET", "");
  if (!found.ok) return over(word("ended"));
  state = found.json;
  if (told.json.result === "refused" && !told.json.final) {
    accepted.clear();
    // What stands in the way is whether somebody is there: that can be shown again. Where the register wasn't asked, something else does.
    const of = (name) => told.json.refusal.checks?.find((each) => each.check === name) ?? {};
    const asked = of("registry").outcome === "pass" || of("liveness").outcome !== "not_run";
    liveAgain = state.live !== "none" && of("liveness").blocking === true && asked;
    const faults = (told.json.refusal.faults ?? []).map((fault) => fault.advice[lang]);
    say([word("refused"), word("again"), ...new Set(faults), reasonText(told.json.refusal)].join(" "), true);
  } else {
    say("");
  }
  render();
});

at("language").addEventListener("click", () => {
  choose(lang === "zh" ? "en" : "zh");
  at("title").textContent = word("title");
  at("language").textContent = word("language");
  if (state) render();
});

speak(lang);
at("title").textContent = word("title");
at("language").textContent = word("language");
// Sample photos are there in the demonstration only.
fetch("/demo/photos/portrait_side.jpg", { method: "HEAD" }).then((found) => {
  if (found.ok) { document.documentElement.dataset.samples = "yes"; if (state) render(); }
}).catch(() => {});
load();
