// Server-sent events of /api/live: one connection for the page, open while somebody listens. The browser itself
// connects again and says which event it had last.
import { useEffect, useRef } from "preact/hooks";
import type { AlertRow, Totals } from "../types";

interface Events {
  alert: AlertRow;
  totals: Totals;
  state: "open" | "lost"; // of the connection
}
type Listener<Name extends keyof Events> = (data: Events[Name]) => void;

const listeners: { [Name in keyof Events]: Set<Listener<Name>> } = {
  alert: new Set(),
  totals: new Set(),
  state: new Set(),
};
let source: EventSource | undefined;

function tell<Name extends keyof Events>(name: Name, data: Events[Name]): void {
  for (const listener of listeners[name]) listener(data);
}

function passOn(name: "alert" | "totals", event: MessageEvent<string>): void {
  try {
    tell(name, JSON.parse(event.data));
  } catch {
    // an event cut off by a lost connection is sent again
  }
}

function connect(): void {
  if (source || typeof EventSource === "undefined") return;
  source = new EventSource("/api/live");
  source.onopen = () => tell("state", "open");
  source.onerror = () => {
    tell("state", "lost");
    if (source?.readyState === EventSource.CLOSED) reconnectLater(); // refused: the browser tries no more
  };
  source.addEventListener("alert", (event) => passOn("alert", event as MessageEvent<string>));
  source.addEventListener("totals", (event) => passOn("totals", event as MessageEvent<string>));
}

const kReconnectMs = 5000;
let timer: ReturnType<typeof setTimeout> | undefined;

function reconnectLater(): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    source = undefined;
    if (Object.values(listeners).some((set) => set.size > 0)) connect();
  }, kReconnectMs);
}

function disconnectIfUnheard(): void {
  if (Object.values(listeners).some((set) => set.size > 0)) return;
  clearTimeout(timer);
  source?.close();
  source = undefined;
}

// Calls `listener` for each event while the component is shown.
export function useLive<Name extends keyof Events>(name: Name, listener: Listener<Name>): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const set = listeners[name] as Set<Listener<Name>>;
    const call: Listener<Name> = (data) => latest.current(data);
    set.add(call);
    connect();
    return () => {
      set.delete(call);
      disconnectIfUnheard();
    };
  }, [name]);
}
