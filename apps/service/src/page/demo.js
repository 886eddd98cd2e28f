// The demonstration: this page is the shop. It asks its server for a link, gives it to the buyer, and shows the verdict.
import { choose, lang, speak, word } from "/assets/words.js";
import "/assets/desk-words.js";

const at = (id) => document.getElementById(id);
let session = null;
let last = null;

at("begin").addEventListener("click", async () => {
  at("begin").disabled = true;
  const made = await fetch("/demo/sale", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ locale: lang }),
  });
  const json = await made.json();
  at("begin").disabled = false;
  if (!made.ok) { at("status").textContent = json.error.action[lang]; return; }
  session = json.session;
  last = null;
  at("go").href = json.page;
  at("sale").hidden = false;
  show();
  at("go").focus();
});

function show() {
  const verdict = last?.verdict;
  const text = verdict ? word(verdict.verdict === "accepted" ? "demo_accepted" : "demo_refused")
    : last?.state === "refused" ? `${word("refused")} ${last.refusal?.action?.[lang] ?? ""}` : word("demo_waiting");
  at("verdict").textContent = text;
  at("verdict").className = verdict?.verdict === "accepted" ? "good" : verdict || last?.state === "refused" ? "bad" : "";
  at("about").hidden = !verdict;
  if (!verdict) return;
  const rows = [["issuer", verdict.issuer], ["nonce", verdict.nonce],
    ...Object.entries(verdict.claims ?? {}),
    ...verdict.checks.filter((check) => check.outcome !== "not_run").map((check) => [check.check, check.outcome]),
    ...verdict.reasons.map((reason) => ["reason", reason.code])];
  at("about").replaceChildren(...rows.flatMap(([name, value]) => {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = typeof value === "string" ? value : JSON.stringify(value);
    return [dt, dd];
  }));
}

async function look() {
  if (session && !last?.verdict && last?.state !== "refused") {
    try {
      const found = await fetch(`/demo/sessions/${session}`, { cache: "no-store" });
      if (found.ok) { last = await found.json(); show(); }
    } catch { /* asked again in a moment */ }
  }
  setTimeout(look, 1500);
}

at("language").addEventListener("click", () => { choose(lang === "zh" ? "en" : "zh"); show(); });
speak(lang);
look();
