// Who is signed in, and what they may do.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { SignedIn } from "./types";

const kNobody: SignedIn = {
  user: "",
  csrf: "",
  version: "",
  needs_login: false,
  read_only: true,
  patterns: "none",
  whois: false,
};

export const SessionContext = createContext<SignedIn>(kNobody);
export const useSession = (): SignedIn => useContext(SessionContext);
