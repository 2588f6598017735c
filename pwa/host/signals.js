// What a host hears and feels of a pass, for those who look at the guest and not at the screen.

/** Tones in hertz, one after another: rising for yes, level for wait, low and long for no. */
const TONES = { green: [660, 990], amber: [520, 520], red: [200, 160, 160] };
const BUZZES = { green: [80], amber: [80, 120, 80], red: [300, 100, 300] };
const LENGTH = 0.16;
/** @type {AudioContext | null} */
let audio = null;

/** Browsers let a page sound only after a tap: call this within one. */
export function allowSound() {
  audio ??= "AudioContext" in globalThis ? new AudioContext() : null;
  audio?.resume().catch(() => undefined);
}

/** @param {"green" | "amber" | "red"} tone */
export function signal(tone) {
  navigator.vibrate?.(BUZZES[tone]);
  if (!audio) return;
  const { currentTime: now, destination } = audio;
  const volume = audio.createGain();
  volume.gain.value = 0.2;
  volume.connect(destination);
  TONES[tone].forEach((hertz, place) => {
    const voice = /** @type {AudioContext} */ (audio).createOscillator();
    voice.type = tone === "red" ? "square" : "sine";
    voice.frequency.value = hertz;
    voice.connect(volume);
    voice.start(now + place * LENGTH);
    voice.stop(now + (place + 0.85) * LENGTH);
  });
}
