// All findings: those to look at first, the weaker ones folded away. The address names one to open.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useOpenInPrint } from "../charts";
import { FindingCard } from "./finding";
import { type Finding, type Report, kLookAt } from "./model";
import { Section, useBeginning } from "./parts";
import { useNumber, useWords } from "./words";

const kOpenAtFirst = 3;
const kCards = 100;
const kPrinted = 50; // in full; a browser takes a second for ten of them

// Told for every way to ask for it again, also for the same one.
function useTarget(): string {
  const [target, setTarget] = useState(location.hash);
  useEffect(() => {
    const take = (): void => setTarget(location.hash);
    const again = (event: MouseEvent): void => {
      const link = (event.target as Element).closest?.("a[href^='#finding-']");
      if (link && link.getAttribute("href") === location.hash) {
        setTarget("");
        queueMicrotask(take);
      }
    };
    window.addEventListener("hashchange", take);
    document.addEventListener("click", again);
    return () => {
      window.removeEventListener("hashchange", take);
      document.removeEventListener("click", again);
    };
  }, []);
  return target;
}

export function Findings({ report }: { report: Report }) {
  const words = useWords();
  const number = useNumber();
  const target = useTarget();
  const { findings } = report.analysis;
  const strong = findings.filter((finding) => finding.score >= kLookAt).length;
  const isAsked = (finding: Finding): boolean => target === `#finding-${finding.finding_id}`;
  const [shown, showAll] = useBeginning(findings.slice(0, strong), kCards, findings.slice(kCards, strong).some(isAsked));
  const card = (finding: Finding, i: number) => (
    <FindingCard
      key={finding.finding_id}
      finding={finding}
      details={report.details[i]}
      learnedInto={report.learned_into}
      isFirst={i < Math.min(kOpenAtFirst, strong)}
      isPrinted={i < kPrinted}
      isTarget={isAsked(finding)}
    />
  );
  return (
    <Section id="findings" title={words.findings}>
      {findings.length === 0 && <p>{words.none}</p>}
      {shown.map(card)}
      {showAll}
      {findings.length > strong && (
        <Weaker count={findings.length - strong} isAsked={findings.slice(strong).some(isAsked)}>
          {() => findings.slice(strong).map((finding, i) => card(finding, strong + i))}
        </Weaker>
      )}
      {report.left_out.findings > 0 && <p>{words.leftOutFindings(number(report.left_out.findings))}</p>}
      {report.left_out.details > 0 && <p>{words.leftOutDetails(number(report.left_out.details))}</p>}
    </Section>
  );
}

interface WeakerProps {
  count: number;
  isAsked: boolean;
  children: () => ComponentChildren;
}

function Weaker({ count, isAsked, children }: WeakerProps) {
  const words = useWords();
  const [isOpen, setIsOpen] = useState(isAsked);
  useOpenInPrint(setIsOpen);
  useEffect(() => {
    if (isAsked) setIsOpen(true);
  }, [isAsked]);
  return (
    <details
      class="weaker"
      open={isOpen}
      onToggle={(event) => event.target === event.currentTarget && setIsOpen(event.currentTarget.open)}
      data-testid="weaker"
    >
      <summary>
        <h3>{words.weaker(count)}</h3>
      </summary>
      <p class="quiet">{words.weakerAbout}</p>
      {isOpen && children()}
    </details>
  );
}
