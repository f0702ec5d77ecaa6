// The whole report, from top to bottom in the order in which it is read.
import { useEffect, useState } from "preact/hooks";
import { Findings } from "./findings";
import { Groups } from "./groups";
import { Counters, Inputs } from "./inputs";
import type { Report } from "./model";
import { LookAt, Sessions } from "./overview";
import { Name } from "./parts";
import { type Language, LanguageContext, preferredLanguage, useWords, when } from "./words";

export function Page({ report }: { report: Report }) {
  const [language, setLanguage] = useState<Language>(preferredLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <LanguageContext.Provider value={language}>
      <Header report={report} language={language} setLanguage={setLanguage} />
      <main class="page">
        <LookAt findings={report.analysis.findings} />
        <Sessions analysis={report.analysis} />
        <Groups analysis={report.analysis} />
        <Findings report={report} />
        <Inputs report={report} />
        <Counters counters={report.analysis.counters} />
      </main>
    </LanguageContext.Provider>
  );
}

interface HeaderProps {
  report: Report;
  language: Language;
  setLanguage: (language: Language) => void;
}

function Header({ report, language, setLanguage }: HeaderProps) {
  const words = useWords();
  const inputs = report.analysis.inputs;
  const span = spanOf(report);
  return (
    <header class="page">
      <div class="head">
        <h1>{words.title}</h1>
        <div class="controls no-print">
          <div role="group" aria-label={words.languages}>
            <LanguageButton language="en" label="English" chosen={language} choose={setLanguage} />
            <LanguageButton language="ja" label="日本語" chosen={language} choose={setLanguage} />
          </div>
          <button type="button" onClick={() => window.print()}>
            {words.print}
          </button>
        </div>
      </div>
      <p class="inputs-line">
        {inputs.slice(0, 3).map((input, i) => (
          <span key={i}>
            {i > 0 && ", "}
            <Name text={input.path} />
          </span>
        ))}
        {inputs.length > 3 && ` ${words.more(String(inputs.length - 3))}`}
      </p>
      <p class="quiet">
        {span && <>{span} · </>}
        {words.written} {when(report.written)} · mogura {report.analysis.version} · {words.utc}
      </p>
      <Contents />
    </header>
  );
}

interface LanguageButtonProps {
  language: Language;
  label: string;
  chosen: Language;
  choose: (language: Language) => void;
}

function LanguageButton({ language, label, chosen, choose }: LanguageButtonProps) {
  return (
    <button
      type="button"
      lang={language}
      aria-pressed={language === chosen}
      onClick={() => choose(language)}
      data-testid={`language-${language}`}
    >
      {label}
    </button>
  );
}

function Contents() {
  const words = useWords();
  const places: [string, string][] = [
    ["look-at", words.lookAt],
    ["table-1", words.table1],
    ["groups", words.groups],
    ["findings", words.findings],
    ["inputs", words.inputs],
    ["not-seen", words.notSeen],
  ];
  return (
    <nav class="no-print" aria-label={words.contents}>
      {places.map(([id, title]) => (
        <a key={id} href={`#${id}`}>
          {title}
        </a>
      ))}
    </nav>
  );
}

// From the first packet of any input to the last.
function spanOf({ analysis }: Report): string {
  const times = analysis.inputs.flatMap((input) => [input.first, input.last]).filter((time) => time !== undefined);
  if (times.length === 0) return "";
  times.sort();
  return `${when(times[0])} – ${when(times[times.length - 1])}`;
}
