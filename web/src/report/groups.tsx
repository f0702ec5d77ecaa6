// Figures 5, 6 and 7, and the same by JA4 and by registrable domain: one tab each on the screen, all on paper.
import { useContext, useMemo, useState } from "preact/hooks";
import { BarPair, type BarPairRow, useOpenInPrint } from "../charts";
import { type Analysis, type Finding, type Group, type GroupTable, type Measure, destinationsOf, kLookAt } from "./model";
import { Section } from "./parts";
import { LanguageContext, type Words, bytes, useNumber, useWords, when } from "./words";

interface Figure {
  table: GroupTable;
  number?: number; // in Torii and Komura (2009)
  measures: Measure[]; // the first one is shown
}

const kFigures: Figure[] = [
  { table: "destination", number: 5, measures: ["user_agents", "clients", "cipher_lists"] },
  { table: "user_agent", number: 6, measures: ["destinations", "clients", "cipher_lists"] },
  { table: "cipher_suites", number: 7, measures: ["destinations", "clients", "user_agents"] },
  { table: "ja4", measures: ["destinations", "clients", "user_agents"] },
  { table: "registrable_domain", measures: ["user_agents", "clients", "cipher_lists"] },
];

export function Groups({ analysis }: { analysis: Analysis }) {
  const words = useWords();
  const [chosen, setChosen] = useState<GroupTable>("destination");
  const [isWhole, setIsWhole] = useState(false);
  useOpenInPrint(setIsWhole);
  const choose = (table: GroupTable): void => {
    setIsWhole(false);
    setChosen(table);
  };
  return (
    <Section id="groups" title={words.groups}>
      <p>{words.groupsAbout}</p>
      <Tabs chosen={chosen} choose={choose} />
      {kFigures
        .filter((figure) => isWhole || figure.table === chosen)
        .map((figure) => (
          <div key={figure.table} role="tabpanel" id={`panel-${figure.table}`} aria-label={words.tables[figure.table]}>
            <h3 class="figure-title">{titleOf(figure, words)}</h3>
            <GroupFigure figure={figure} analysis={analysis} />
          </div>
        ))}
    </Section>
  );
}

function titleOf(figure: Figure, words: Words): string {
  const name = words.tables[figure.table];
  return figure.number === undefined ? name : `${name} (${words.figure(figure.number)})`;
}

function Tabs({ chosen, choose }: { chosen: GroupTable; choose: (table: GroupTable) => void }) {
  const words = useWords();
  const move = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = kFigures.findIndex((figure) => figure.table === chosen);
    const next = kFigures[(at + step + kFigures.length) % kFigures.length]!;
    choose(next.table);
    document.getElementById(`tab-${next.table}`)?.focus();
  };
  return (
    <div class="tabs no-print" role="tablist" aria-label={words.groups} onKeyDown={move}>
      {kFigures.map((figure) => (
        <button
          key={figure.table}
          id={`tab-${figure.table}`}
          type="button"
          role="tab"
          aria-selected={figure.table === chosen}
          aria-controls={`panel-${figure.table}`}
          tabIndex={figure.table === chosen ? 0 : -1}
          onClick={() => choose(figure.table)}
          data-testid={`tab-${figure.table}`}
        >
          {titleOf(figure, words)}
        </button>
      ))}
    </div>
  );
}

function GroupFigure({ figure, analysis }: { figure: Figure; analysis: Analysis }) {
  const words = useWords();
  const language = useContext(LanguageContext);
  const number = useNumber();
  const [measure, setMeasure] = useState<Measure>(figure.measures[0]!);
  const [isLog, setIsLog] = useState(false);
  const groups = analysis.groups[figure.table];
  const suspects = useMemo(() => suspectKeys(analysis.findings, figure.table), [analysis, figure]);
  const rows = useMemo(
    () => groups.map((group) => rowOf(group, measure, suspects, words, number)),
    [groups, measure, suspects, words],
  );
  if (groups.length === 0) return <p>{words.noGroups}</p>;
  return (
    <>
      <p>{words.hints[figure.table]}</p>
      <div class="controls no-print">
        <label>
          {words.below}{" "}
          <select value={measure} onChange={(event) => setMeasure(event.currentTarget.value as Measure)}>
            {figure.measures.map((one) => (
              <option key={one} value={one}>
                {words.measures[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          <input type="checkbox" checked={isLog} onChange={(event) => setIsLog(event.currentTarget.checked)} />{" "}
          {words.logarithmic}
        </label>
      </div>
      <BarPair
        rows={rows}
        label={words.chartLabel(words.tables[figure.table])}
        keyLabel={words.tables[figure.table]}
        aboveLabel={words.sessions}
        belowLabel={words.measures[measure]}
        tableTitle={words.numbers}
        emptyKey={words.emptyKey}
        markedLabel={words.hasFinding}
        isLog={isLog}
        language={language}
        onChoose={(row) => {
          const finding = suspects.get(row.key);
          if (finding) location.hash = `finding-${finding.finding_id}`;
        }}
      />
    </>
  );
}

// Which groups a finding to look at is about. A User-Agent or a cipher list of a finding may be everybody's, so that only
// places are marked.
function suspectKeys(findings: Finding[], table: GroupTable): Map<string, Finding> {
  const keys = new Map<string, Finding>();
  if (table !== "destination") return keys;
  for (const finding of findings) {
    if (finding.score < kLookAt) continue;
    for (const destination of destinationsOf(finding)) if (!keys.has(destination)) keys.set(destination, finding);
  }
  return keys;
}

function rowOf(
  group: Group,
  measure: Measure,
  suspects: Map<string, Finding>,
  words: Words,
  number: (value: number) => string,
): BarPairRow {
  const details: [string, string][] = [];
  for (const other of ["clients", "user_agents", "destinations", "cipher_lists"] as const) {
    const value = group[other];
    if (other !== measure && value !== undefined) details.push([words.measures[other], number(value)]);
  }
  if (group.bytes_up !== undefined) details.push([words.up, bytes(group.bytes_up)]);
  if (group.bytes_down !== undefined) details.push([words.down, bytes(group.bytes_down)]);
  if (group.ja4) details.push(["JA4", group.ja4]);
  if (group.first) details.push([words.first, when(group.first)]);
  if (group.last) details.push([words.last, when(group.last)]);
  return { key: group.key, above: group.sessions, below: group[measure] ?? 0, details, isMarked: suspects.has(group.key) };
}
