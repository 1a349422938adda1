// @ts-check
// The recorder's journal in this browser: the takes not yet ended and the slices of sound the server does not have yet.

/** @typedef {{ visit: string, recording: string, chunkUrl: string, finishUrl: string, chunks: number, seconds: number, finished: boolean }} Take */
/** @typedef {{ recording: string, number: number, slice: Blob }} Chunk */

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Opens the journal, and asks the browser not to clear it away. */
export async function openJournal() {
  const opening = indexedDB.open("medrecord-recordings", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("takes", { keyPath: "recording" }).createIndex("visit", "visit");
    opening.result.createObjectStore("chunks", { keyPath: ["recording", "number"] });
  };
  const database = await answer(opening);
  void navigator.storage?.persist?.();

  /** Settles when the transaction is on disk. @param {(takes: IDBObjectStore, chunks: IDBObjectStore) => void} work @returns {Promise<void>} */
  const write = (work) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(["takes", "chunks"], "readwrite", { durability: "strict" });
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
      work(transaction.objectStore("takes"), transaction.objectStore("chunks"));
    });
  const chunks = () => database.transaction("chunks").objectStore("chunks");
  /** @param {Take} take */
  const all = (take) => IDBKeyRange.bound([take.recording, 0], [take.recording, Infinity]);

  return {
    /** @param {string} visit @returns {Promise<Take | undefined>} */
    takeOf: (visit) => answer(database.transaction("takes").objectStore("takes").index("visit").get(visit)),
    /** @param {Take} take */
    note: (take) => write((takes) => takes.put(take)),
    /** @param {Take} take @param {number} number @param {Blob} slice */
    keep: (take, number, slice) =>
      write((takes, slices) => {
        takes.put(take);
        slices.put({ recording: take.recording, number, slice });
      }),
    /** @param {Take} take @returns {Promise<Chunk | undefined>} */
    oldest: async (take) => (await answer(chunks().openCursor(all(take))))?.value,
    /** @param {Take} take */
    count: (take) => answer(chunks().count(all(take))),
    /** @param {Chunk} chunk */
    drop: (chunk) => write((_, slices) => slices.delete([chunk.recording, chunk.number])),
    /** @param {Take} take */
    end: (take) =>
      write((takes, slices) => {
        takes.delete(take.recording);
        slices.delete(all(take));
      }),
  };
}
