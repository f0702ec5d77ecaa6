// The beginning of the report: what to look at, table 1, and the breakdown (figure 3).
import { useContext, useMemo } from "preact/hooks";
import { Breakdown } from "../charts";
import { type Analysis, type Finding, kLookAt } from "./model";
import { Name, Section, Severity, useBeginning } from "./parts";
import { LanguageContext, useNumber, useWords } from "./words";

const kShownSuspects = 100;

export function LookAt({ findings }: { findings: Finding[] }) {
  const words = useWords();
  const suspects = findings.filter((finding) => finding.score >= kLookAt);
  const [shown, showAll] = useBeginning(suspects, kShownSuspects);
  return (
    <Section id="look-at" title={words.lookAt}>
      <p>{suspects.length === 0 ? words.lookAtNothing : words.lookAtCount(suspects.length)}</p>
      {suspects.length > 0 && (
        <div class="scroll-x" tabIndex={0} role="group" aria-label={words.lookAt}>
          <table class="wide stacked suspects">
            <thead>
              <tr>
                <th scope="col">{words.severity}</th>
                <th scope="col">{words.destination}</th>
                <th scope="col">{words.application}</th>
                <th scope="col">{words.kind}</th>
                <th scope="col" class="number">
                  {words.clients}
                </th>
                <th scope="col" class="number">
                  {words.sessions}
                </th>
                <th scope="col">{words.mainReason}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((finding) => (
                <SuspectRow key={finding.finding_id} finding={finding} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {showAll}
    </Section>
  );
}

function SuspectRow({ finding }: { finding: Finding }) {
  const words = useWords();
  const number = useNumber();
  const reason = finding.evidence[0];
  return (
    <tr data-testid="suspect">
      <td>
        <Severity severity={finding.severity} /> {finding.score.toFixed(2)}
      </td>
      <td class="destination">
        <a href={`#finding-${finding.finding_id}`}>
          <Name text={finding.destination} />
        </a>
        {finding.destinations && ` ${words.more(number(finding.destinations.length - 1))}`}
      </td>
      <td>{finding.application?.name ? <Name text={finding.application.name} /> : words.unknown}</td>
      <td>{words.kinds[finding.kind] ?? finding.kind}</td>
      <td class="number" data-label={words.clients}>
        {number(finding.clients_count)}
      </td>
      <td class="number" data-label={words.sessions}>
        {number(finding.sessions)}
      </td>
      <td>{reason && (words.evidenceTitles[reason.code] ?? reason.code)}</td>
    </tr>
  );
}

export function Sessions({ analysis }: { analysis: Analysis }) {
  const words = useWords();
  const number = useNumber();
  const language = useContext(LanguageContext);
  const { total, by_kind, by_method, analysed } = analysis.sessions;
  const parts: Record<string, number> = { connect: analysed.connect, ssl: analysed.ssl };
  const rows = useMemo(
    () =>
      Object.entries(by_kind).map(([kind, count]) => ({
        key: words.kinds[kind] ?? kind,
        count,
        ...(kind in parts ? { part: parts[kind]! } : {}),
      })),
    [words],
  );
  return (
    <div class="two">
      <Section id="table-1" title={words.table1}>
        <p>{words.table1About(number(analysed.min_exchanges))}</p>
        <table class="table-1">
          <tbody>
            <tr class="important">
              <th scope="row">{words.connectType}</th>
              <td class="number">{number(analysed.connect)}</td>
            </tr>
            <tr>
              <th scope="row">{words.sslType}</th>
              <td class="number">{number(analysed.ssl)}</td>
            </tr>
            <tr class="quiet">
              <th scope="row">{words.totalAll}</th>
              <td class="number">{number(analysed.total)}</td>
            </tr>
          </tbody>
        </table>
        <p class="quiet">{words.table1Caption}</p>
      </Section>
      <Section id="breakdown" title={`${words.breakdown} (${words.figure(3)})`}>
        <p>
          {words.total}: {number(total)}
        </p>
        <Breakdown
          rows={rows}
          total={total}
          label={words.breakdownLabel}
          keyLabel={words.kind}
          countLabel={words.sessions}
          partLabel={words.analysedPart}
          tableTitle={words.numbers}
          language={language}
        />
        <Methods methods={by_method} />
      </Section>
    </div>
  );
}

function Methods({ methods }: { methods: Record<string, number> }) {
  const words = useWords();
  const number = useNumber();
  const rows = Object.entries(methods);
  if (rows.length === 0) return null;
  return (
    <p class="quiet">
      {words.byMethod}:{" "}
      {rows.map(([method, count], i) => (
        <span key={method} class="pair">
          {i > 0 && ", "}
          <Name text={method} /> {number(count)}
        </span>
      ))}
    </p>
  );
}
