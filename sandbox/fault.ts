/**
 * One fault of the sandbox: which requests it hits, and what becomes of them. Written out, so that a user's compiler meets
 * no type of a library.
 */
export interface Fault {
  /** HTTP method, or the one that a request stands for where the vendor takes all by POST; any when unset. */
  method?: string | undefined;
  /** Part of the path, vendor included: `/tenbyte/v1/livestream/streams`. Any when unset. */
  path?: string | undefined;
  /** Only a path that ends so. */
  pathEnds?: string | undefined;
  /** Answer with this status instead. */
  status?: number | undefined;
  /** Body of that answer. */
  body?: string | undefined;
  /** Headers of that answer; without `status`, headers that the right answer has instead. */
  headers?: Record<string, string> | undefined;
  /** Do the work and change members of the answer, by path: `{ "data.id": "other" }`. Null takes a member out. */
  set?: Record<string, unknown> | undefined;
  /**
   * Take so many requests a second, and answer the others with 429. `retryAfter` is sent as it is, as text: seconds, a
   * date, or nonsense. `burst` is how many come through at once; as many as there are in a second when unset.
   */
  rate?: { perSecond: number; retryAfter?: string | undefined; burst?: number | undefined } | undefined;
  /** Answer only after this many milliseconds. */
  delayMs?: number | undefined;
  /** Cut the connection instead of answering. */
  drop?: boolean | undefined;
  /** Compress the body of the answer, and say so. */
  gzip?: boolean | undefined;
  /** Send the body byte by byte, each after so many milliseconds. */
  dripMs?: number | undefined;
  /** Send the body again and again, and never end. */
  endless?: boolean | undefined;
  /** Cut the connection after so many bytes of the answer's body. */
  cutAfterBytes?: number | undefined;
  /** Do the work first, and then spoil the answer. */
  afterWork?: boolean | undefined;
  /** How many requests it hits; all when unset. */
  times?: number | undefined;
}
