// Who did what, newest first.
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { Dialog } from "../components/dialog";
import { Download } from "../components/download";
import { Hostile } from "../components/hostile";
import { type Column, ListPage } from "../components/list_page";
import { PageHead, Time } from "../components/small";
import { labelOf, useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/audit.en";
import { ja } from "../i18n/pages/audit.ja";
import type { AuditRow } from "../types";
import { isPatternId } from "./logic/pattern_text";
import "./pages2.css";

// The page of what was acted on, where it has one.
function pageOf(row: AuditRow): string | undefined {
  const subject = row.subject ?? "";
  if (row.action.startsWith("pattern")) return isPatternId(subject) ? `/patterns/${subject}` : undefined;
  return /^[0-9a-f]{16}$/.test(subject) ? `/findings/${subject}` : undefined;
}

function Subject({ row, inline = false }: { row: AuditRow; inline?: boolean }) {
  const page = pageOf(row);
  const text = <Hostile text={row.subject} inline={inline} mono={page !== undefined} />;
  return page === undefined ? text : <Link href={page} class="go">{text}</Link>;
}

function useColumns(): Column<AuditRow>[] {
  const t = useTexts(en, ja);
  const common = useCommon();
  return [
    {
      id: "time",
      label: common.column.time,
      width: "10.2rem",
      cell: (row) => <Time value={row.time} precision="second" />,
    },
    {
      id: "action",
      label: t.action,
      width: "minmax(10rem, 1fr)",
      cell: (row) => <Hostile text={labelOf(t.actions, row.action)} inline />,
      narrow: "title",
    },
    { id: "user", label: t.user, width: "minmax(5rem, 0.8fr)", cell: (row) => <Hostile text={row.user} inline /> },
    { id: "subject", label: t.subject, width: "minmax(7rem, 1.2fr)", cell: (row) => <Subject row={row} inline /> },
    { id: "detail", label: t.detail, width: "minmax(8rem, 2fr)", cell: (row) => <Hostile text={row.detail} inline /> },
    {
      id: "address",
      label: t.address,
      width: "minmax(6rem, 0.8fr)",
      cell: (row) => <Hostile text={row.address} inline />,
    },
  ];
}

function Entry({ row, onClose }: { row: AuditRow; onClose: () => void }) {
  const t = useTexts(en, ja);
  const common = useCommon();
  return (
    <Dialog title={t.one} onClose={onClose} wide>
      <dl class="facts">
        <dt>{common.column.time}</dt>
        <dd>
          <Time value={row.time} precision="second" />
        </dd>
        <dt>{t.user}</dt>
        <dd>
          <Hostile text={row.user} />
        </dd>
        <dt>{t.address}</dt>
        <dd>
          <Hostile text={row.address} />
        </dd>
        <dt>{t.action}</dt>
        <dd>
          <Hostile text={labelOf(t.actions, row.action)} />
        </dd>
        <dt>{t.subject}</dt>
        <dd>
          <Subject row={row} />
        </dd>
        <dt>{t.detail}</dt>
        <dd>
          <Hostile text={row.detail} />
        </dd>
      </dl>
    </Dialog>
  );
}

export function AuditPage() {
  const t = useTexts(en, ja);
  const common = useCommon();
  const columns = useColumns();
  const [shown, setShown] = useState<AuditRow>();
  return (
    <>
      <PageHead title={common.nav.audit}>
        <Download path="/api/audit" />
      </PageHead>
      <ListPage<AuditRow>
        label={t.list}
        path="/api/audit"
        columns={columns}
        rowKey={(row) => [row.time, row.user, row.action, row.subject, row.detail].join("\n")}
        onOpen={setShown}
      />
      {shown && <Entry row={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}
