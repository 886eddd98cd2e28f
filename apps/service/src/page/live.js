// The live capture: the service says what is asked for and when; a frame is what the video shows at that moment.
import { word } from "/assets/words.js";

// More than any checker looks at, and far below what the service takes.
const LONGEST_SIDE = 640, QUALITY = 0.85;
const at = (id) => document.getElementById(id);
const until = (moment) => new Promise((done) => setTimeout(done, Math.max(0, moment - performance.now())));

async function open(video) {
  const size = { width: { ideal: 640 }, height: { ideal: 480 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", ...size } });
  video.srcObject = stream;
  await video.play();
  return stream;
}

// All frames have one size: another one would be another camera's.
function still(video, canvas) {
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}

function prompt(text) {
  at("live-prompt").textContent = text;
}

// Gives `null` when every frame was taken, else the answer that refused; throws when there is no camera.
async function answer(call, video) {
  const begun = await call("POST", "/live");
  if (!begun.ok) return begun;
  // From here the service counts, and by this clock so does the page, whatever the time of day does meanwhile.
  const zero = performance.now(), today = Date.now();
  const { challenge, prompts } = begun.json;
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  let refused = null, sent = Promise.resolve();
  for (const { n, prompt: what, after_ms } of prompts) {
    prompt(word("prompt_" + what));
    at("live-progress").value = n / prompts.length;
    await until(zero + after_ms);
    const time = new Date(today + (performance.now() - zero)).toISOString();
    const frame = await still(video, canvas);
    // One after the other and in the background: the next prompt doesn't wait for the network.
    sent = sent.then(async () => {
      if (refused) return;
      const told = await call("PUT", `/live/${n}`, frame, "image/jpeg", { "Capture-Time": time, "Live-Challenge": challenge });
      if (!told.ok) refused = told;
    });
    if (refused) break;
  }
  at("live-progress").value = 1;
  prompt(word("live_sending"));
  await sent;
  return refused;
}

// One try, from camera to last frame.
export async function capture(call) {
  const video = at("live-video");
  let stream = null;
  try {
    stream = await open(video);
  } catch {
    return { camera: false };
  }
  at("live-camera").hidden = false;
  at("live-progress").setAttribute("aria-label", word("live"));
  // Words and picture are both on a phone's screen then.
  at("live-prompt").focus({ preventScroll: true });
  at("live-camera").scrollIntoView({ block: "start" });
  try {
    return { camera: true, refused: await answer(call, video) };
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    at("live-camera").hidden = true;
    prompt("");
  }
}
