// One finding: why it is one, what it looks like, who used it when, and what to do next. The charts of a closed one are
// not drawn.
import type { ComponentChildren } from "preact";
import { useContext, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ByteMap, LengthHistogram, Timeline, useOpenInPrint, visible } from "../charts";
import { type Candidate, type Details, type Evidence, type Finding, timelineRows } from "./model";
import { CopyButton, Name, Names, Severity } from "./parts";
import { LanguageContext, useNumber, useWords, when } from "./words";

export interface FindingProps {
  finding: Finding;
  details: Details | undefined;
  learnedInto: string | undefined;
  isFirst: boolean; // open from the beginning
  isPrinted: boolean; // open on paper, too
  isTarget: boolean; // the page was asked for it
}

export function FindingCard({ finding, details, learnedInto, isFirst, isPrinted, isTarget }: FindingProps) {
  const words = useWords();
  const number = useNumber();
  const [isOpen, setIsOpen] = useState(isFirst);
  const card = useRef<HTMLDetailsElement>(null);
  useOpenInPrint(setIsOpen, isPrinted);
  useEffect(() => {
    if (!isTarget) return;
    setIsOpen(true);
    card.current?.scrollIntoView();
  }, [isTarget]);
  return (
    <details
      ref={card}
      id={`finding-${finding.finding_id}`}
      class={`finding finding-${finding.severity}`}
      open={isOpen}
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
      data-testid="finding"
    >
      <summary>
        <Severity severity={finding.severity} /> <span class="score">{finding.score.toFixed(2)}</span>{" "}
        <strong class="destination">
          <Name text={finding.destination} />
        </strong>
        <span class="about">
          {finding.application?.name && (
            <>
              <Name text={finding.application.name} />
              {" · "}
            </>
          )}
          {words.kinds[finding.kind] ?? finding.kind} · {words.clients} {number(finding.clients_count)} ·{" "}
          {words.sessions} {number(finding.sessions)}
          {finding.status === "sanctioned" && ` · ${words.statusSanctioned}`}
        </span>
      </summary>
      {isOpen && <Body finding={finding} details={details} learnedInto={learnedInto} />}
    </details>
  );
}

type BodyProps = Pick<FindingProps, "finding" | "details" | "learnedInto">;

function Body({ finding, details, learnedInto }: BodyProps) {
  const words = useWords();
  return (
    <div class="finding-body">
      <Part title={words.evidenceHeading}>
        <EvidenceTable evidence={finding.evidence} />
      </Part>
      <div class="two">
        <Facts finding={finding} />
        <Clues finding={finding} />
      </div>
      <NextSteps finding={finding} />
      <Times finding={finding} details={details} />
      <Shape finding={finding} />
      <Candidates candidates={details?.candidates ?? []} learnedInto={learnedInto} />
    </div>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function EvidenceTable({ evidence }: { evidence: Evidence[] }) {
  const words = useWords();
  return (
    <table class="evidence wide">
      <thead>
        <tr>
          <th scope="col" class="number">
            {words.weight}
          </th>
          <th scope="col">{words.evidenceHeading}</th>
          <th scope="col" class="number">
            {words.observed}
          </th>
          <th scope="col" class="number">
            {words.expected}
          </th>
        </tr>
      </thead>
      <tbody>
        {evidence.map((one) => (
          <tr key={one.code + one.text}>
            <td class="number weight">
              <WeightBar weight={one.weight} />
              {signed(one.weight)}
            </td>
            <td>
              <strong>{words.evidenceTitles[one.code] ?? one.code}</strong>{" "}
              <bdi class="sentence" lang="en">
                {visible(one.text)}
              </bdi>
            </td>
            <td class="number" data-label={words.observed}>
              {one.observed !== undefined && figure(one.observed)}
            </td>
            <td class="number" data-label={words.expected}>
              {one.expected !== undefined && figure(one.expected)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const kHeaviest = 0.6;

function WeightBar({ weight }: { weight: number }) {
  const share = Math.min(1, Math.abs(weight) / kHeaviest);
  return (
    <span class="bar" aria-hidden="true">
      <span class={weight < 0 ? "against" : "for"} style={{ width: `${(share * 100).toFixed(0)}%` }} />
    </span>
  );
}

function signed(weight: number): string {
  return `${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(2)}`;
}

function figure(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString() : value.toPrecision(2);
}

function Facts({ finding }: { finding: Finding }) {
  const words = useWords();
  return (
    <dl class="facts">
      <dt>{words.seen}</dt>
      <dd>
        {when(finding.first)} – {when(finding.last)}
      </dd>
      {finding.destinations && (
        <>
          <dt>{words.destination}</dt>
          <dd>
            <Names names={finding.destinations} count={finding.destinations.length} />
          </dd>
        </>
      )}
      <dt>{words.clients}</dt>
      <dd>
        <Names names={finding.clients} count={finding.clients_count} />
      </dd>
      <dt>{words.userAgents}</dt>
      <dd>
        <Names names={finding.user_agents} count={finding.user_agents_count} />
      </dd>
      {finding.ja4s && (
        <>
          <dt>{words.ja4s}</dt>
          <dd>
            <Names names={finding.ja4s} count={finding.ja4s.length} />
          </dd>
        </>
      )}
      {finding.patterns.length > 0 && (
        <>
          <dt>{words.knownPatterns}</dt>
          <dd>
            <Names names={finding.patterns} count={finding.patterns.length} />
          </dd>
        </>
      )}
      <dt>{words.status}</dt>
      <dd>
        {finding.status === "sanctioned" ? words.statusSanctioned : words.statusNew}
        {finding.sanction && (
          <>
            : <bdi>{visible(finding.sanction)}</bdi>
          </>
        )}
      </dd>
    </dl>
  );
}

function Clues({ finding }: { finding: Finding }) {
  const words = useWords();
  const { application } = finding;
  if (!application) return null;
  return (
    <dl class="facts">
      <dt>{words.application}</dt>
      <dd>
        {application.name ? <Name text={application.name} /> : words.unknown}
        {application.class !== "unknown" && ` (${application.class})`}
        {application.name && `, ${words.sureTo(application.confidence.toFixed(2))}`}
      </dd>
      {application.clues.length > 0 && (
        <>
          <dt>{words.clues}</dt>
          <dd>
            <ul class="names">
              {application.clues.map((clue, i) => (
                <li key={i}>
                  <span class="quiet">{clue.source}</span> <Name text={clue.value} />
                </li>
              ))}
            </ul>
          </dd>
        </>
      )}
    </dl>
  );
}

function NextSteps({ finding }: { finding: Finding }) {
  const words = useWords();
  const { search, ask } = finding.next_steps ?? {};
  if (!search && !ask) return null;
  return (
    <Part title={words.nextSteps}>
      <dl class="steps">
        {search && <Step label={words.search} text={search} />}
        {ask && <Step label={words.ask} text={ask} />}
      </dl>
    </Part>
  );
}

function Step({ label, text }: { label: string; text: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <bdi class="quote">{visible(text)}</bdi> <CopyButton text={visible(text)} label={label} />
      </dd>
    </>
  );
}

function Times({ finding, details }: Pick<FindingProps, "finding" | "details">) {
  const words = useWords();
  const language = useContext(LanguageContext);
  const timeline = details?.timeline;
  const rows = useMemo(() => (timeline ? timelineRows(timeline) : []), [timeline]);
  if (!timeline) return null;
  return (
    <Part title={words.timeline}>
      <Timeline
        from={timeline.from}
        to={timeline.to}
        clients={rows}
        isCut={timeline.cut}
        cutText={words.timelineCut}
        label={`${words.timelineLabel}: ${visible(finding.destination, 200)}`}
        clientLabel={words.client}
        sessionsLabel={words.sessions}
        firstLabel={words.first}
        lastLabel={words.last}
        tableTitle={words.numbers}
        language={language}
        isUtc
      />
    </Part>
  );
}

function Shape({ finding }: { finding: Finding }) {
  const words = useWords();
  const language = useContext(LanguageContext);
  const number = useNumber();
  const { lengths, strings } = finding.features;
  const about = `: ${visible(finding.destination, 200)}`;
  return (
    <>
      {lengths.length > 0 && (
        <Part title={words.lengths}>
          <LengthHistogram
            lengths={lengths}
            label={words.lengthsLabel + about}
            upLabel={words.fromClient}
            downLabel={words.fromServer}
            lengthLabel={words.lengthBytes}
            countLabel={words.messages}
            sessionsLabel={words.sessions}
            tableTitle={words.numbers}
            language={language}
          />
        </Part>
      )}
      {strings.length > 0 && (
        <Part title={words.bytesHeading}>
          <ByteMap
            runs={strings}
            label={words.bytesHeading + about}
            upLabel={words.fromClient}
            downLabel={words.fromServer}
            messageLabel={words.messageNumber}
            countLabel={(run) => words.runCount(number(run.count), number(run.sessions))}
            countTitle={(run) => words.runCountLong(number(run.count), number(run.sessions))}
            offsetLabel={words.offset}
          />
        </Part>
      )}
    </>
  );
}

function Candidates({ candidates, learnedInto }: { candidates: Candidate[]; learnedInto: string | undefined }) {
  const words = useWords();
  if (candidates.length === 0) return null;
  return (
    <Part title={words.candidates}>
      <p class="quiet">
        {words.candidatesAbout}{" "}
        {learnedInto === undefined ? words.candidatesNotWritten : words.candidatesWritten(visible(learnedInto, 300))}
      </p>
      {candidates.map((candidate) => (
        <CandidateText key={candidate.id} candidate={candidate} />
      ))}
    </Part>
  );
}

function CandidateText({ candidate }: { candidate: Candidate }) {
  const [isOpen, setIsOpen] = useState(false);
  useOpenInPrint(setIsOpen);
  return (
    <details class="candidate" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        <code>{visible(candidate.id, 100)}</code>
      </summary>
      <pre tabIndex={0}>{linesOf(candidate.text)}</pre>
      <CopyButton text={candidate.text} label={candidate.id} />
    </details>
  );
}

function linesOf(text: string): string {
  return text
    .split("\n")
    .map((line) => visible(line, 5000))
    .join("\n");
}
