// Looks for a QR code in a picture, away from the page so that it stays fluent.

import { Decoder, Detector, binarize, grayscale } from "./vendor/qrcode.js";

const detector = new Detector();
const decoder = new Decoder();

addEventListener("message", (/** @type {MessageEvent<ImageData>} */ { data }) => postMessage(textIn(data)));

/**
 * @param {ImageData} picture
 * @returns {string | null}
 */
function textIn(picture) {
  const found = detector.detect(binarize(grayscale(picture), picture.width, picture.height));
  let each = found.next();
  while (!each.done) {
    try {
      return decoder.decode(each.value.matrix).content;
    } catch {
      // What looked like a code was none; the detector wants to know before it goes on.
      each = found.next(false);
    }
  }
  return null;
}
