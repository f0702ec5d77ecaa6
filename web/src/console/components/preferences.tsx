// Colours and language, as a person wants them in this browser.
import { type Language, useCommon, useLanguage } from "../i18n";
import { applyTheme, themeFor, useStored } from "../lib/settings";

export function ThemeAndLanguage({ onLanguage }: { onLanguage: (language: Language) => void }) {
  const t = useCommon();
  const [theme, setTheme] = useStored("theme", "auto");
  return (
    <>
      <label>
        <span>{t.settings.theme}</span>
        <select
          value={themeFor(theme)}
          onChange={(event) => {
            setTheme(event.currentTarget.value);
            applyTheme(themeFor(event.currentTarget.value));
          }}
        >
          <option value="auto">{t.settings.auto}</option>
          <option value="light">{t.settings.light}</option>
          <option value="dark">{t.settings.dark}</option>
        </select>
      </label>
      <label>
        <span>{t.settings.language}</span>
        <LanguageChoice onLanguage={onLanguage} />
      </label>
    </>
  );
}

function LanguageChoice({ onLanguage }: { onLanguage: (language: Language) => void }) {
  const shown = useLanguage();
  return (
    <select
      data-testid="language"
      value={shown}
      onChange={(event) => onLanguage(event.currentTarget.value === "ja" ? "ja" : "en")}
    >
      <option value="en" lang="en">
        English
      </option>
      <option value="ja" lang="ja">
        日本語
      </option>
    </select>
  );
}
