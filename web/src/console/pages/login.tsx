// Signing in: user and password, or the token, whichever the console was started with.
import { useEffect, useState } from "preact/hooks";
import { ApiError, login } from "../api";
import { Field } from "../components/field";
import { ThemeAndLanguage } from "../components/preferences";
import { errorText } from "../components/small";
import { type Language, useCommon, useTexts } from "../i18n";
import { en } from "../i18n/pages/login.en";
import { ja } from "../i18n/pages/login.ja";
import type { Session, SignedOut } from "../types";

interface Props {
  session: SignedOut;
  onSession: (session: Session) => void;
  onLanguage: (language: Language) => void;
}

export function LoginPage({ session, onSession, onLanguage }: Props) {
  const t = useTexts(en, ja);
  const common = useCommon();
  useEffect(() => {
    document.title = `${t.title} – mogura`;
  }, [t]);
  const [isToken, setToken] = useState(!session.has_users);
  const [user, setUser] = useState("");
  const [secret, setSecret] = useState("");
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const explain = (failure: unknown): string => {
    if (!(failure instanceof ApiError)) return common.state.failed;
    if (failure.code === "slow-down" && failure.retryAfter) return t.wait(failure.retryAfter);
    if (failure.status === 401) return isToken ? t.wrongToken : t.wrongPassword;
    return errorText(common, failure);
  };
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      onSession(await login(isToken ? { token: secret } : { user, password: secret }));
    } catch (failure) {
      setError(explain(failure));
      setSecret("");
      setBusy(false);
    }
  };

  return (
    <main class="login">
      <h1>
        <span class="brand">mogura</span> {t.title}
      </h1>
      {!session.has_users && !session.has_token && <p class="notice warn">{t.noWay}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void submit();
        }}
      >
        {!isToken && (
          <Field
            label={t.user}
            value={user}
            onValue={setUser}
            required
            input={{ autocomplete: "username", autoFocus: true, name: "user", spellcheck: false }}
          />
        )}
        <Field
          key={isToken ? "token" : "password"}
          type="password"
          label={isToken ? t.token : t.password}
          hint={isToken ? t.tokenHint : undefined}
          value={secret}
          onValue={setSecret}
          required
          error={error}
          input={{ autocomplete: isToken ? "off" : "current-password", name: isToken ? "token" : "password" }}
        />
        <div class="buttons">
          <button type="submit" class="primary" disabled={isBusy}>
            {t.signIn}
          </button>
        </div>
      </form>
      {session.has_users && session.has_token && (
        <p class="login-other">
          <button
            type="button"
            class="link"
            onClick={() => {
              setToken(!isToken);
              setError(undefined);
              setSecret("");
            }}
          >
            {isToken ? t.withPassword : t.withToken}
          </button>
        </p>
      )}
      <div class="settings">
        <ThemeAndLanguage onLanguage={onLanguage} />
      </div>
    </main>
  );
}
