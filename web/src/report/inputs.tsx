// What was read, what was wrong with it, and what was not seen.
import type { Analysis, Report } from "./model";
import { visible } from "../charts";
import { Name, Section } from "./parts";
import { bytes, useNumber, useWords, when } from "./words";

export function Inputs({ report }: { report: Report }) {
  const words = useWords();
  const number = useNumber();
  const { inputs } = report.analysis;
  return (
    <Section id="inputs" title={words.inputs}>
      <div class="scroll-x" tabIndex={0} role="group" aria-label={words.inputs}>
        <table class="wide stacked">
          <thead>
            <tr>
              <th scope="col">{words.file}</th>
              <th scope="col">{words.format}</th>
              <th scope="col" class="number">
                {words.packets}
              </th>
              <th scope="col" class="number">
                {words.size}
              </th>
              <th scope="col">{words.seen}</th>
              <th scope="col">{words.damage}</th>
            </tr>
          </thead>
          <tbody>
            {inputs.map((input, i) => (
              <tr key={i}>
                <td>
                  <Name text={input.path} />
                </td>
                <td>{input.format}</td>
                <td class="number" data-label={words.packets}>
                  {number(input.packets)}
                </td>
                <td class="number">{bytes(input.bytes)}</td>
                <td>{input.first && `${when(input.first)} – ${when(input.last)}`}</td>
                <td>
                  {input.errors.length === 0
                    ? words.none
                    : input.errors.map((error, e) => (
                        <p key={e} class="damage" lang="en">
                          {visible(error, 500)}
                        </p>
                      ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {report.left_out.inputs > 0 && <p>{words.leftOutInputs(number(report.left_out.inputs))}</p>}
    </Section>
  );
}

// What says how much there was; all other counters say what did not go as it should.
const kVolume = new Set(["packets", "decoded", "sessions", "http_messages", "bytes", "paired_sessions", "datagrams_reassembled"]);

function rowsOf(counters: Analysis["counters"], notDecoded: string): { odd: [string, number][]; volume: [string, number][] } {
  const odd: [string, number][] = [];
  const volume: [string, number][] = [];
  for (const [name, value] of Object.entries(counters)) {
    if (typeof value !== "number") {
      for (const [reason, count] of Object.entries(value)) odd.push([`${notDecoded}: ${reason}`, count]);
    } else if (value !== 0) {
      (kVolume.has(name) ? volume : odd).push([name.replaceAll("_", " "), value]);
    }
  }
  return { odd, volume };
}

export function Counters({ counters }: { counters: Analysis["counters"] }) {
  const words = useWords();
  const { odd, volume } = rowsOf(counters, words.notDecoded);
  return (
    <div class="two">
      <Section id="not-seen" title={words.notSeen}>
        {odd.length === 0 ? <p>{words.notSeenNothing}</p> : <CountTable rows={odd} />}
      </Section>
      <Section id="volume" title={words.volume}>
        <CountTable rows={volume} />
      </Section>
    </div>
  );
}

function CountTable({ rows }: { rows: [string, number][] }) {
  const words = useWords();
  const number = useNumber();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{words.what}</th>
          <th scope="col" class="number">
            {words.count}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <td>{visible(name, 100)}</td>
            <td class="number">{number(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
