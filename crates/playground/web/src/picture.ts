// What the machine's side draws: the JSON of `Picture` in the Rust crate.

export interface Picture {
  link: string;
  cursor: number;
  timeline: TimelineEntry[];
  phone: Phone;
  cards: Card[];
  truth: Truth;
  vins: string[];
  why: Rule[];
  touched: string[];
  sequence: Arrow[];
  diff: { mark: string; text: string }[];
}

export interface TimelineEntry {
  words: string;
  isAutomatic: boolean;
  ignored: string | null;
  page: string;
}

export interface Phone {
  page: string;
  title: string;
  lines: { kind: "body" | "hint" | "warning" | "progress" | "link"; text: string }[];
  buttons: PhoneButton[];
  hasEntry: boolean;
  hasSheet: boolean;
}

export interface PhoneButton {
  code: string;
  name: string;
  label: string;
  isEnabled: boolean;
  isChecked: boolean | null;
  isHighlighted: boolean;
}

export interface Card {
  title: string;
  from: string;
  vehicle: string;
  answers: { code: string; words: string; isNatural: boolean }[];
}

export interface Rule {
  number: string;
  sentence: string;
}

export interface Arrow {
  from: string;
  to: string;
  text: string;
  at: number;
}

export interface VehicleTruth {
  supports: boolean;
  prepared: boolean;
  primary: boolean;
  has_password: boolean;
  owner: number | null;
  tracked: boolean;
}

export interface Truth {
  vehicles: VehicleTruth[];
  wallet: number[];
  wallet_answers: boolean;
  held: string[];
  failing: string[];
  phone: number;
  version: number;
  apple_is_ready: boolean;
  coming_soon: boolean;
}

export interface Choices {
  phones: string[];
  versions: string[];
  vins: string[];
  rules: Rule[];
  arrows: { from: string; to: string; text: string }[];
}

/** What a panel may do: each call changes the session and draws it anew. */
export interface Actions {
  make(code: string): void;
  wait(): void;
  go(cursor: number): void;
  open(link: string): void;
}
