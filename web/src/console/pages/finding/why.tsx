// Why a finding is one: the sentences, what each weighs, and the numbers they rest on.
import { Hostile } from "../../components/hostile";
import { Section } from "../../components/small";
import { Table } from "../../components/list_page";
import { labelOf, useCommon } from "../../i18n";
import { numberText } from "../../lib/format";
import { plainOf } from "../../lib/hostile";
import type { Evidence, Finding } from "../../types";
import { useFindingTexts } from "./texts";

function Weight({ value }: { value: number }) {
  const share = Math.min(1, Math.abs(value)) * 100;
  const side = value < 0 ? "weight-fill weight-less" : "weight-fill";
  return (
    <span class="weight">
      <span class="weight-bar" aria-hidden="true">
        <span class={side} style={{ width: `${share}%` }} />
      </span>
      <span class="number">{value < 0 ? `−${(-value).toFixed(2)}` : `+${value.toFixed(2)}`}</span>
    </span>
  );
}

export function Why({ evidence }: { evidence: readonly Evidence[] }) {
  const t = useFindingTexts();
  const rows = [...evidence].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return (
    <Section title={t.why} id="why">
      <Table<Evidence>
        label={t.evidence}
        rows={rows}
        rowKey={(_, index) => String(index)}
        stacked
        columns={[
          { id: "weight", label: t.weight, narrow: "title", cell: (row) => <Weight value={row.weight} /> },
          {
            id: "text",
            label: t.evidence,
            wide: true,
            narrow: "title",
            cell: (row) => (
              <>
                <strong class="evidence-code">{plainOf(labelOf(t.codes, row.code), 80)}</strong>{" "}
                <Hostile text={row.text} most={600} />
              </>
            ),
          },
          { id: "observed", label: t.observed, align: "end", cell: (row) => <Figure value={row.observed} /> },
          { id: "expected", label: t.expected, align: "end", cell: (row) => <Figure value={row.expected} /> },
        ]}
      />
      <p class="hint">{t.evidenceHint}</p>
    </Section>
  );
}

const Figure = ({ value }: { value: number | undefined }) =>
  value === undefined ? <span class="dim">–</span> : <span class="number">{numberText(value)}</span>;

export function Clues({ application }: { application: NonNullable<Finding["application"]> | undefined }) {
  const t = useFindingTexts();
  const common = useCommon();
  const clues = application?.clues ?? [];
  return (
    <Section title={t.clues} id="clues">
      <Table
        label={t.clues}
        rows={clues}
        rowKey={(_, index) => String(index)}
        empty={t.noClues}
        columns={[
          { id: "source", label: t.clueSource, cell: (clue) => plainOf(labelOf(t.sources, clue.source), 60) },
          {
            id: "value",
            label: t.clueValue,
            wide: true,
            cell: (clue) => <Hostile text={clueText(clue.source, clue.value, common.words.kind)} most={300} />,
          },
        ]}
      />
    </Section>
  );
}

const clueText = (source: string, value: string, kinds: object): string =>
  source === "kind" ? labelOf(kinds, value) : value;
