// The camera: sees the sign's code and hands it on. The code that is seen is never opened.

import { thisMoment } from "./record.js";
import { viewfinder } from "./ui/viewfinder.js";

/** @typedef {import("./record.js").Moment} Moment */
/** @typedef {import("./record.js").Recorded} Recorded */
/** @typedef {(text: string, isScanned: boolean, moment: Moment) => Promise<Recorded | null>} OnCode null: go on looking */
/** @typedef {(video: HTMLVideoElement) => Promise<string | null>} Look */
/** @typedef {ReturnType<typeof viewfinder>} View */

const WIDEST = 640;
const REPEAT = 2500;

/**
 * Open the camera until a check-in is kept or the person closes it.
 * @param {OnCode} onCode
 * @returns {Promise<boolean>} whether a check-in was kept
 */
export async function scan(onCode) {
  const view = viewfinder({ typed: (text) => handOn(view, onCode, text, false, thisMoment()), retry: () => start() });
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
    const [track] = opened.getVideoTracks();
    // Another app took it, or the person took back the permission.
    track.addEventListener("ended", () => stream === opened && view.explain("camera_busy"));
    view.video.srcObject = opened;
    await view.video.play().catch(() => undefined);
    view.show(track);
    return watch(view, look, onCode, () => stream === opened && track.readyState === "live" && view.dialog.open);
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
      if (await handOn(view, onCode, text, true, moment)) return;
    }
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

/**
 * Have a code recorded. Says whether that is done.
 * @param {View} view
 * @param {OnCode} onCode
 * @param {string} text
 * @param {boolean} isScanned
 * @param {Moment} moment
 */
async function handOn(view, onCode, text, isScanned, moment) {
  const recorded = await onCode(text, isScanned, moment);
  if (recorded === null) return false;
  if (recorded.kind === "kept") {
    navigator.vibrate?.(60);
    view.dialog.close("kept");
  } else {
    view.refuse(recorded);
  }
  return recorded.kind === "kept";
}

/** @returns {Promise<MediaStream>} */
async function openCamera() {
  if (!isSecureContext) throw new DOMException("no secure context", "InsecureError");
  if (!navigator.mediaDevices) throw new DOMException("no cameras here", "NotFoundError");
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } });
}

/**
 * @param {DOMException} error
 * @returns {import("./ui/viewfinder.js").Problem}
 */
function cameraProblem({ name }) {
  if (name === "InsecureError") return "camera_insecure";
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
