// Short words about what just happened, read out to those who listen: toast("Saved"), toast("…", "error").
import { useEffect, useState } from "preact/hooks";

type Tone = "info" | "error";
interface Message {
  id: number;
  text: string;
  tone: Tone;
}

const kShownMs = { info: 4000, error: 10_000 } as const;
const kMost = 4;

let next = 1;
let tell: (message: Message) => void = () => {};

export function toast(text: string, tone: Tone = "info"): void {
  tell({ id: next++, text, tone });
}

export function Toasts() {
  const [messages, setMessages] = useState<Message[]>([]);
  useEffect(() => {
    tell = (message) => {
      setMessages((old) => [...old.slice(1 - kMost), message]);
      setTimeout(() => setMessages((old) => old.filter((m) => m.id !== message.id)), kShownMs[message.tone]);
    };
    return () => {
      tell = () => {};
    };
  }, []);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {messages.map((message) => (
        <div key={message.id} class={`toast toast-${message.tone}`}>
          {message.text}
        </div>
      ))}
    </div>
  );
}
