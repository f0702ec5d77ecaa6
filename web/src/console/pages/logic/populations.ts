// Which distinct counts the group tables have (docs/formats/analysis.md, groups), and which of them stands below the
// axis: in the paper, User-Agents under destinations and destinations under User-Agents.
import type { GroupBy } from "../../types";

export type Distinct = "clients" | "destinations" | "user_agents" | "cipher_lists";

const kCounts: Record<GroupBy, readonly Distinct[]> = {
  destination: ["user_agents", "clients", "cipher_lists"],
  user_agent: ["destinations", "clients", "cipher_lists"],
  cipher_suites: ["destinations", "clients", "user_agents"],
  ja4: ["destinations", "clients", "user_agents"],
  registrable_domain: ["user_agents", "clients", "cipher_lists"],
};

export const countsOf = (by: GroupBy): readonly Distinct[] => kCounts[by];
export const belowOf = (by: GroupBy): Distinct => kCounts[by][0]!;

export function isDistinct(by: GroupBy, name: string | undefined): name is Distinct {
  return kCounts[by].includes(name as Distinct);
}
