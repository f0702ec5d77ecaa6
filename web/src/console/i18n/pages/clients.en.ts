export const en = {
  list: "Clients and their User-Agents",
  search: "Search",
  searchHint: "part of address or User-Agent",
  verdict: "Verdict",
  unjudged: "not judged",
  verdicts: {
    browser: "browser",
    "cookie-jar": "keeps cookies",
    passive: "does not fit together",
    "naive-jar": "keeps some cookies",
    "no-jar": "keeps no cookies",
    tampering: "tampering",
    exempt: "exempt",
  },
} as const;
