// @ts-check
// Records a visit and loses nothing. Every two seconds of sound go first into this browser's journal (IndexedDB, by
// recording and number), then to PUT {data-chunk-url}/{number}; only a 204 takes them out of the journal. A page that
// opens with an unfinished journal sends the rest. POST {data-finish-url} with chunks=N ends the recording.
// [data-recorder] bears data-visit, data-recording, data-chunk-url, data-finish-url and holds an output, .clock, meter,
// [data-record-words] and the buttons data-record="start|pause|resume|stop". One tab records a visit at a time.
// A take that goes on after a reload begins with a new file header in its next chunk.
// [data-forget-take] names a visit whose patient said no: what the journal has of it is thrown away.
import { fresh, headers, say } from "./app.js";
import { openJournal } from "./journal.js";

const SLICE_MS = 2000;
const SILENT_MS = 12_000;
const REFUSED = [400, 401, 403, 404, 409, 410, 413, 415, 422];

/** @param {ParentNode} root */
export function attach(root) {
  for (const element of fresh(root, "[data-recorder]")) void new Recorder(element).open();
  for (const element of fresh(root, "[data-forget-take]")) void forget(element.dataset.forgetTake ?? "");
}

/** @param {string} visit */
async function forget(visit) {
  const journal = await openJournal();
  for (let take = await journal.takeOf(visit); take; take = await journal.takeOf(visit)) await journal.end(take);
}

class Recorder {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.output = element.querySelector("output");
    this.words = element.querySelector("[data-record-words]");
    this.clock = element.querySelector(".clock");
    this.meter = element.querySelector("meter");
    const { visit = "", recording = "", chunkUrl = "", finishUrl = "" } = element.dataset;
    /** @type {import("./journal.js").Take} */
    this.take = { visit, recording, chunkUrl, finishUrl, chunks: 0, seconds: 0, finished: false };
    /** @type {MediaRecorder | null} */
    this.machine = null;
    this.sending = false;
    this.refused = false;
    this.silent = false;
    this.tries = 0;
    this.unanswered = false;
    /** @type {Promise<void>} */
    this.writing = Promise.resolve();
    /** @type {(() => void) | null} */
    this.release = null;
  }

  async open() {
    this.element.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-record]") : null;
      const act = button?.getAttribute("data-record");
      if (act === "start") void this.start();
      if (act === "pause") this.machine?.pause();
      if (act === "resume") this.machine?.resume();
      if (act === "stop") void this.stop();
    });
    addEventListener("beforeunload", (event) => (this.machine || this.sending) && event.preventDefault());
    addEventListener("online", () => ((this.tries = 0), void this.send()));
    try {
      this.journal = await openJournal();
      const left = await this.journal.takeOf(this.take.visit);
      if (left) this.take = left;
      if (left && !(await this.hold())) return this.elsewhere();
      if (left?.finished) return await this.send();
      if (left) this.tell("A recording of this visit was cut off. What was heard is kept: go on, or stop to use it.");
      this.show(left ? "paused" : "ready", left ? "Cut off" : "Ready");
      void this.send();
    } catch {
      this.show("failed", "Cannot record");
      this.tell("This browser gives no room to keep a recording safe. Upload a file, or paste a transcript.");
    }
  }

  async start() {
    if (this.machine || !this.journal) return;
    if (!(await this.hold())) return this.elsewhere();
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
    } catch {
      return this.tell("The microphone is not available. Allow it for this address in the browser, and check that it is plugged in.");
    }
    const mimeType = ["audio/webm;codecs=opus", "audio/mp4"].find((type) => MediaRecorder.isTypeSupported(type));
    const machine = new MediaRecorder(this.stream, { mimeType, audioBitsPerSecond: 32_000 });
    machine.addEventListener("dataavailable", ({ data }) => data.size > 0 && this.keep(data));
    machine.addEventListener("pause", () => this.show("paused", "Paused"));
    for (const began of ["start", "resume"]) machine.addEventListener(began, () => this.show("recording", "Recording"));
    this.stream.getTracks().forEach((track) => track.addEventListener("ended", () => void this.stop("The microphone was unplugged. What was heard is kept.")));
    this.machine = machine;
    machine.start(SLICE_MS);
    this.tell("");
    this.listen(this.stream);
  }

  /** Holds the visit for this tab, until released. @returns {Promise<boolean>} */
  async hold() {
    return this.release !== null || new Promise((held) => {
      void navigator.locks.request(`record:${this.take.visit}`, { ifAvailable: true }, (lock) => {
        held(lock !== null);
        return lock ? new Promise((done) => (this.release = () => done(undefined))) : undefined;
      });
    });
  }

  /** Another tab has this visit; this one looks again when that one is through with it. */
  elsewhere() {
    this.show("elsewhere", "Recorded in another tab");
    this.tell("This visit is being recorded in another tab or window of this browser.");
    void navigator.locks.request(`record:${this.take.visit}`, () => setTimeout(() => location.reload(), 500));
  }

  /** Puts a slice into the journal, in order, before anything else happens to it. @param {Blob} slice */
  keep(slice) {
    const number = this.take.chunks++;
    this.writing = this.writing.then(async () => {
      await this.journal?.keep(this.take, number, slice);
      void this.send();
    }).catch(() => {
      this.tell("This browser's storage is full. Stop now; what was heard until here is kept.");
    });
  }

  /** @param {string} [why] */
  async stop(why) {
    const machine = this.machine;
    this.machine = null;
    clearInterval(this.ticker);
    if (machine && machine.state !== "inactive") {
      await new Promise((stopped) => {
        machine.addEventListener("stop", stopped, { once: true });
        machine.stop();
      });
    }
    this.stream?.getTracks().forEach((track) => track.stop());
    void this.sound?.close();
    await this.writing;
    if (why) this.tell(why);
    if (this.take.chunks === 0) return this.show("ready", "Ready");
    this.take.finished = true;
    await this.journal?.note(this.take);
    await this.send();
  }

  /** Sends what the journal holds, oldest first, and ends the recording when all of it is there. */
  async send() {
    if (this.sending || this.refused || !this.journal) return;
    this.sending = true;
    try {
      for (let chunk = await this.journal.oldest(this.take); chunk; chunk = await this.journal.oldest(this.take)) {
        if (this.take.finished) this.show("sending", `Sending, ${await this.journal.count(this.take)} parts left`);
        await this.put(`${this.take.chunkUrl}/${chunk.number}`, { method: "PUT", body: chunk.slice });
        await this.journal.drop(chunk);
        if (this.unanswered) this.tell("");
        this.unanswered = false;
      }
      if (this.take.finished) await this.finish();
      this.tries = 0;
    } catch (error) {
      this.wait(error);
    }
    this.sending = false;
  }

  async finish() {
    this.show("sending", "Finishing");
    const body = new URLSearchParams({ chunks: String(this.take.chunks) });
    const answer = await this.put(this.take.finishUrl, { method: "POST", body });
    await this.journal?.end(this.take);
    this.show("stopped", "Recorded and kept");
    say("The recording is on the server.");
    this.sending = false;
    location.assign(answer.redirected ? answer.url : location.href);
  }

  /** @param {string} url @param {RequestInit} request */
  async put(url, request) {
    const answer = await fetch(url, { ...request, headers: headers() });
    // Who is signed out or locked out is led to a page, which says nothing of the recording.
    const turnedAway = answer.redirected && /^\/(sign-in|locked)/.test(new URL(answer.url).pathname);
    if (answer.ok && !turnedAway) return answer;
    this.refused = REFUSED.includes(answer.status);
    throw new Error(String(answer.status));
  }

  /** @param {unknown} error */
  wait(error) {
    const status = error instanceof Error ? Number(error.message) : NaN;
    if (status === 409) {
      void this.halt();
      return;
    }
    if (this.refused) {
      this.tell(status === 401 || status === 403 ? "Signed out. The recording is kept in this browser; sign in and open this visit again." : `The server refuses the recording (${status}). It is kept in this browser; tell the person who runs the server.`);
      return;
    }
    this.unanswered = true;
    this.tell("The server does not answer. The recording is kept in this browser and sent when it does.");
    setTimeout(() => void this.send(), Math.min(30_000, 1000 * 2 ** this.tries++));
  }

  /** The server takes no more, as after a withdrawn consent: nothing more is heard, and nobody believes otherwise. */
  async halt() {
    const { machine } = this;
    this.machine = null;
    clearInterval(this.ticker);
    if (machine && machine.state !== "inactive") machine.stop();
    this.stream?.getTracks().forEach((track) => track.stop());
    void this.sound?.close();
    this.show("failed", "Stopped");
    this.tell("Recording has stopped: it was ended elsewhere, or the patient withdrew the consent. Open this visit again to see which.");
  }

  /** Moves the clock and the level, and says so when nothing is heard. @param {MediaStream} stream */
  listen(stream) {
    this.sound = new AudioContext();
    const analyser = this.sound.createAnalyser();
    this.sound.createMediaStreamSource(stream).connect(analyser);
    const wave = new Float32Array(analyser.fftSize);
    let heard = Date.now();
    let before = Date.now();
    this.ticker = setInterval(() => {
      const now = Date.now();
      if (this.machine?.state === "recording") this.take.seconds += (now - before) / 1000;
      before = now;
      analyser.getFloatTimeDomainData(wave);
      const level = Math.sqrt(wave.reduce((sum, sample) => sum + sample * sample, 0) / wave.length);
      if (this.meter) this.meter.value = Math.min(1, level * 5);
      if (level > 0.004 || this.machine?.state !== "recording") heard = now;
      const silent = now - heard > SILENT_MS;
      if (silent !== this.silent) this.tell(silent ? "Nothing is heard. Check that the right microphone is chosen and not muted." : "");
      this.silent = silent;
      this.showClock();
    }, 100);
  }

  showClock() {
    const seconds = Math.floor(this.take.seconds);
    const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
    const words = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
    if (this.clock && this.clock.textContent !== words) this.clock.textContent = words;
  }

  /** @param {string} state @param {string} words */
  show(state, words) {
    this.element.dataset.state = state;
    if (this.output && this.output.textContent !== words) this.output.textContent = words;
    const cutOff = state === "paused" && !this.machine;
    const usable = { start: state === "ready" || cutOff, pause: state === "recording", resume: state === "paused" && !cutOff, stop: state === "recording" || state === "paused" };
    for (const [act, may] of Object.entries(usable)) {
      const button = /** @type {HTMLButtonElement | null} */ (this.element.querySelector(`[data-record="${act}"]`));
      if (button) button.hidden = !may;
    }
    this.showClock();
  }

  /** @param {string} words */
  tell(words) {
    if (this.words) this.words.textContent = words;
  }
}
