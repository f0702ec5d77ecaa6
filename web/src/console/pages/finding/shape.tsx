// How a finding's sessions look: when, how long their messages are, what stands in them.
import { ByteMap, LengthHistogram, Timeline } from "../../../charts";
import { Section } from "../../components/small";
import { useCommon, useLanguage } from "../../i18n";
import type { Finding, Timeline as TimelineData } from "../../types";
import { byteRows, lengthRows } from "../logic/finding";
import { useFindingTexts } from "./texts";

export function When({ timeline }: { timeline: TimelineData | undefined }) {
  const t = useFindingTexts();
  const { column } = useCommon();
  const language = useLanguage();
  if (!timeline || timeline.clients.length === 0) return null;
  return (
    <Section title={t.timeline} id="when">
      <Timeline
        from={timeline.from}
        to={timeline.to}
        clients={timeline.clients}
        isCut={timeline.cut ?? false}
        cutText={t.timelineCut}
        label={t.timelineLabel}
        clientLabel={column.client}
        sessionsLabel={column.sessions}
        tableTitle={t.numbers}
        language={language}
      />
    </Section>
  );
}

export function Shape({ features }: { features: Finding["features"] }) {
  const t = useFindingTexts();
  const { words, column } = useCommon();
  const language = useLanguage();
  const lengths = lengthRows(features?.lengths);
  const runs = byteRows(features?.strings);
  const directions = { upLabel: words.direction.up, downLabel: words.direction.down };
  return (
    <>
      {lengths.length > 0 && (
        <Section title={t.lengths} id="lengths">
          <LengthHistogram
            {...directions}
            lengths={lengths}
            label={t.lengthsLabel}
            lengthLabel={t.length}
            countLabel={t.messages}
            sessionsLabel={column.sessions}
            tableTitle={t.numbers}
            language={language}
          />
        </Section>
      )}
      {runs.length > 0 && (
        <Section title={t.bytes} id="bytes">
          <ByteMap
            {...directions}
            runs={runs}
            label={t.bytesLabel}
            messageLabel={(message) => (message === undefined ? t.anyMessage : t.message(message + 1))}
            countLabel={(run) => t.runShort(run.count, run.sessions)}
            offsetLabel={t.offset}
            countTitle={(run) => t.runCount(run.count, run.sessions)}
          />
        </Section>
      )}
    </>
  );
}
