const count = (n: number) => n.toLocaleString("en");

export const en = {
  by: "Put together by",
  groupings: {
    destination: "Destination",
    user_agent: "User-Agent",
    cipher_suites: "Cipher list",
    ja4: "JA4",
    registrable_domain: "Domain",
  },
  below: "Below the axis",
  counts: {
    clients: "Clients",
    destinations: "Destinations",
    user_agents: "User-Agents",
    cipher_lists: "Cipher lists",
  },
  log: "Logarithmic",
  refresh: "Refresh by itself",
  refreshed: (time: string) => `as of ${time}`,
  about: {
    destination: "Many sessions above and few User-Agents below: a place where one program alone goes.",
    user_agent: "Many sessions above and few destinations below: a program that goes to one place alone.",
    cipher_suites: "Most sessions come from few cipher lists; what has one of its own is a program of its own.",
    ja4: "As cipher lists, but with all of the TLS hello: few destinations tell a program of its own.",
    registrable_domain: "Destinations put together by the name that is registered: hosts and ports of one site are one.",
  },
  figure: (by: string, above: string, below: string) =>
    `The ${by} groups with the most sessions: ${above} above, ${below} below`,
  marked: "has a finding",
  tableTitle: "The picture's numbers as a table",
  all: (n: number) => (n === 1 ? "One group" : `The ${count(n)} groups with the most sessions`),
  empty: "No session is stored that could be put together so.",
  emptyKey: "(empty)",
  toSessions: "Choose a column to see its sessions.",
  ja3: "JA3",
  ja4: "JA4",
} as const;
