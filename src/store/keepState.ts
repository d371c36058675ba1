/** The visitor's work, kept in the browser between visits: what the page says of it, and where it lies. */

/** Work that is kept: a page's own, or that of another visit or tab. */
export type KeptHead = {
  name: string;
  /** Milliseconds since 1970. */
  savedAt: number;
};

export type KeepState = {
  /** bringing: kept work is on its way to the page; closed: this browser does not keep it. */
  status: "idle" | "bringing" | "closed";
  /** When the page's work was kept last; null while there is none. */
  savedAt: number | null;
  /** When the work was kept that has just been brought back; null once that needs no saying. */
  broughtBack: number | null;
  /** Work of other visits and tabs, newest first. */
  others: KeptHead[];
  /** A link came first: the newest of `others` is offered. */
  isOffered: boolean;
};

export type KeepSlice = {
  keep: KeepState;
  /** Puts other kept work on the page; the page's own stays kept. */
  openKept: (name: string) => Promise<void>;
  /** Forgets other kept work. */
  forgetKept: (name: string) => Promise<void>;
  /** Forgets the page's work and begins as on a first visit; cannot be undone. */
  startAfresh: () => Promise<void>;
  /** Takes the word of brought back or offered work away. */
  dismissKept: () => void;
};

/** One change of what is kept. */
export type KeptChange = {
  record: unknown;
  /** What this takes the place of: the record of a revision, or none yet (null). Left out, nothing is asked, which is quicker. */
  expected?: string | null;
  /** Parts to write and to take away, by their key. */
  put: ReadonlyMap<string, unknown>;
  drop: readonly string[];
};

/** What became of a change: taken = another page has written under the name since; lost = the record is gone. */
export type KeptOutcome = "written" | "taken" | "lost";

/** Records by name, each with its larger parts. Every call rejects where the browser keeps nothing. */
export type KeptDatabase = {
  list: () => Promise<{ name: string; record: unknown }[]>;
  /** Null where there is no record of the name. */
  read: (name: string) => Promise<{ record: unknown; parts: Map<string, unknown> } | null>;
  /** All of a change or nothing; rejects with a QuotaExceededError where there is no room. */
  write: (name: string, change: KeptChange) => Promise<KeptOutcome>;
  forget: (names: readonly string[]) => Promise<void>;
};

/** Where work is kept. */
export type KeptWork = {
  database: () => Promise<KeptDatabase>;
  /** What a tab remembers through reloads, and no other tab knows; null where the browser keeps nothing. */
  tab: Pick<Storage, "getItem" | "setItem"> | null;
  /** A name that nothing else has. */
  newName: () => string;
};

/** What the page does with kept work; the code of it comes when there is any. */
export type Keeper = {
  /** Puts kept work on the page. @returns how to go on with its model; null where there was none that could be read */
  bringBack: (name: string) => Promise<(() => Promise<void>) | null>;
  /** Lists other kept work, and offers it. */
  offer: () => Promise<void>;
  /** Keeps what has changed. */
  save: (isLeaving?: boolean) => Promise<void>;
  open: (name: string) => Promise<void>;
  forget: (name: string) => Promise<void>;
  startAfresh: () => Promise<void>;
};
