// The camera: sees the sign's code and hands it on. The code that is seen is never opened.

import { thisMoment } from "./record.js";
import { button, el, icon, link, part, say } from "./ui/dom.js";

/** @typedef {import("./record.js").Moment} Moment */
/** @typedef {import("./record.js").Recorded} Recorded */
/** @typedef {(text: string, moment: Moment) => Promise<Recorded>} OnCode */
/** @typedef {(video: HTMLVideoElement) => Promise<string | null>} Look */

const WIDEST = 640;
const REPEAT = 2500;

/**
 * Open the camera until a check-in is kept or the person closes it.
 * @param {OnCode} onCode
 * @returns {Promise<boolean>} whether a check-in was kept
 */
export async function scan(onCode) {
  const view = build();
  document.body.append(view.dialog);
  view.dialog.showModal();
  /** @type {MediaStream | null} */
  let stream = null;
  const { look, release } = await decoder();

  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
  };
  const start = async () => {
    stop();
    const opened = await openCamera().catch((error) => view.explain(cameraProblem(error)));
    // The camera may come after the person has closed the view again: it must not stay on.
    if (!opened || !view.dialog.open || document.hidden) return opened?.getTracks().forEach((track) => track.stop());
    stream = opened;
    view.video.srcObject = opened;
    await view.video.play().catch(() => undefined);
    view.offerTorch(opened.getVideoTracks()[0]);
    return watch(view, look, onCode, () => stream === opened && view.dialog.open);
  };
  const followPage = () => (document.hidden ? stop() : start());
  document.addEventListener("visibilitychange", followPage);
  void start();

  return new Promise((resolve) => {
    view.dialog.addEventListener("close", () => {
      document.removeEventListener("visibilitychange", followPage);
      stop();
      release();
      view.dialog.remove();
      resolve(view.dialog.returnValue === "kept");
    });
  });
}

/**
 * Look at picture after picture.
 * @param {View} view
 * @param {Look} look
 * @param {OnCode} onCode
 * @param {() => boolean} isOn
 */
async function watch(view, look, onCode, isOn) {
  let last = { text: "", at: 0 };
  while (isOn()) {
    const moment = thisMoment();
    const text = view.video.readyState < 2 ? null : await look(view.video);
    const isNew = text !== null && (text !== last.text || moment.ms - last.at > REPEAT);
    if (text !== null && isNew && isOn()) {
      last = { text, at: moment.ms };
      const recorded = await onCode(text, moment);
      if (recorded.kind === "kept") {
        navigator.vibrate?.(60);
        return view.dialog.close("kept");
      }
      view.refuse(recorded);
    }
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return undefined;
}

/** @typedef {ReturnType<typeof build>} View */

function build() {
  const video = el("video", { playsinline: true, muted: true, "aria-hidden": "true" });
  video.muted = true;
  const word = el("p", { role: "status", "data-ui": "scan-word" }, say("scan_hint"));
  const torch = el("button", { type: "button", class: "button small", "data-ui": "torch", "aria-pressed": "false", hidden: true }, icon("torch"), say("torch"));
  const close = el("button", { type: "button", class: "button small", "data-ui": "scan-close", click: () => dialog.close() }, icon("close"), say("close"));
  const type = button(say("type_code"), () => {
    dialog.close();
    const form = part("code-form");
    form.closest("details")?.setAttribute("open", "");
    /** @type {HTMLInputElement} */ (part("code")).focus();
  }, "small");
  const extra = el("div", { class: "row" });
  const dialog = el("dialog", { class: "scanner", "data-ui": "scanner", "aria-label": say("scan") }, video,
    el("div", { class: "bar" }, el("strong", {}, say("scan")), close), el("div", { class: "frame" }),
    el("div", { class: "below" }, word, extra, el("div", { class: "row" }, torch, type)));

  return {
    dialog,
    video,
    /** @param {string} key */
    explain(key) {
      word.textContent = say(key);
      dialog.dataset.state = key;
      type.focus();
      return null;
    },
    /** @param {Exclude<Recorded, {kind: "kept"}>} recorded */
    refuse({ kind }) {
      word.textContent = say(`refused_${kind}`);
      dialog.dataset.state = kind;
      extra.replaceChildren(...(kind === "foreign" ? [link(say("report"), "/hilfe#fremder-code", "small")] : []));
    },
    /** @param {MediaStreamTrack} track */
    offerTorch(track) {
      const canTorch = /** @type {any} */ (track.getCapabilities?.())?.torch === true;
      torch.hidden = !canTorch;
      torch.addEventListener("click", () => {
        const on = torch.getAttribute("aria-pressed") !== "true";
        torch.setAttribute("aria-pressed", String(on));
        track.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: on }] })).catch(() => (torch.hidden = true));
      });
    },
  };
}

/** @returns {Promise<MediaStream>} */
async function openCamera() {
  if (!navigator.mediaDevices) throw new DOMException("no secure context", "NotFoundError");
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } });
}

/** @param {DOMException} error */
function cameraProblem({ name }) {
  if (name === "NotAllowedError" || name === "SecurityError") return "camera_denied";
  return name === "NotReadableError" || name === "AbortError" ? "camera_busy" : "camera_none";
}

/**
 * The browser's own reader where it knows QR codes, else ours.
 * @returns {Promise<{look: Look, release: () => void}>}
 */
async function decoder() {
  const Native = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = await Native?.getSupportedFormats().catch(() => []);
  const own = ownDecoder();
  if (!formats?.includes("qr_code")) {
    own.start();
    return own;
  }
  const native = new Native({ formats: ["qr_code"] });
  let isBroken = false;
  /** @type {Look} */
  const look = async (video) => {
    if (isBroken) return own.look(video);
    try {
      const [code] = await native.detect(video);
      return code?.rawValue ?? null;
    } catch {
      // Some phones promise a reader that is not there.
      isBroken = true;
      return null;
    }
  };
  return { look, release: own.release };
}

function ownDecoder() {
  /** @type {Worker | null} */
  let worker = null;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let isNear = false;
  const start = () => (worker ??= new Worker(new URL("./scan-worker.js", import.meta.url), { type: "module" }));
  /** @type {Look} */
  const look = (video) => {
    const reader = start();
    const { videoWidth: width, videoHeight: height } = video;
    // By turns the whole picture, made smaller, and its middle as it is: a sign that is far away is small.
    isNear = !isNear && Math.max(width, height) > WIDEST;
    const side = isNear ? Math.min(WIDEST, width, height) : 0;
    const [w, h] = isNear ? [side, side] : [width, height];
    const scale = Math.min(1, WIDEST / Math.max(w, h));
    canvas.width = Math.round(w * scale);
    canvas.height = Math.round(h * scale);
    context?.drawImage(video, (width - w) / 2, (height - h) / 2, w, h, 0, 0, canvas.width, canvas.height);
    const picture = context?.getImageData(0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => {
      reader.addEventListener("message", ({ data }) => resolve(data), { once: true });
      reader.addEventListener("error", () => resolve(null), { once: true });
      reader.postMessage(picture, picture ? [picture.data.buffer] : []);
    });
  };
  return { look, start, release: () => worker?.terminate() };
}
