// The frame around all pages: who is signed in, navigation, settings, routes.
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Link, Route, Switch, useLocation } from "wouter-preact";
import { ApiError, loadSession, logout, rememberToken, whenSignedOut } from "./api";
import { Help } from "./components/help";
import { ThemeAndLanguage } from "./components/preferences";
import { ErrorBox, Loading } from "./components/small";
import { Toasts, toast } from "./components/toast";
import { type Language, LanguageContext, languageFor, useCommon } from "./i18n";
import { useKeys } from "./lib/keys";
import { plainOf } from "./lib/hostile";
import { stored, useStored } from "./lib/settings";
import { AlertsPage } from "./pages/alerts";
import { AuditPage } from "./pages/audit";
import { ClientPage } from "./pages/client";
import { ClientsPage } from "./pages/clients";
import { FindingPage } from "./pages/finding";
import { FindingsPage } from "./pages/findings";
import { LoginPage } from "./pages/login";
import { OverviewPage } from "./pages/overview";
import { PatternPage, PatternsPage } from "./pages/patterns";
import { PopulationsPage } from "./pages/populations";
import { SessionsPage } from "./pages/sessions";
import { SessionContext, useSession } from "./session_context";
import type { Session, SignedIn } from "./types";

// The letter after g.
const kPages = [
  { id: "overview", path: "/", key: "o" },
  { id: "findings", path: "/findings", key: "f" },
  { id: "populations", path: "/populations", key: "u" },
  { id: "clients", path: "/clients", key: "c" },
  { id: "sessions", path: "/sessions", key: "s" },
  { id: "alerts", path: "/alerts", key: "a" },
  { id: "patterns", path: "/patterns", key: "p" },
  { id: "audit", path: "/audit", key: "l" },
] as const;

const isUnder = (path: string, page: string): boolean =>
  page === "/" ? path === "/" : path === page || path.startsWith(page + "/");

export function App() {
  const [language, setLanguage] = useStored("language", languageFor(stored("language"), navigator.languages));
  const shown: Language = language === "ja" ? "ja" : "en";
  useLayoutEffect(() => {
    document.documentElement.lang = shown;
  }, [shown]);
  return (
    <LanguageContext.Provider value={shown}>
      <Gate onLanguage={setLanguage} />
      <Toasts />
    </LanguageContext.Provider>
  );
}

// Nothing is shown before it is known who asks.
function Gate({ onLanguage }: { onLanguage: (language: Language) => void }) {
  const [session, setSession] = useState<Session | ApiError>();
  const load = useCallback(() => {
    loadSession().then(setSession, (error: unknown) =>
      setSession(error instanceof ApiError ? error : new ApiError(0, "failed", String(error))),
    );
  }, []);
  useEffect(() => {
    whenSignedOut(load);
    load();
  }, [load]);
  if (session === undefined) return <Loading />;
  if (session instanceof ApiError) return <ErrorBox error={session} onRetry={load} />;
  if (!("csrf" in session)) return <LoginPage session={session} onSession={setSession} onLanguage={onLanguage} />;
  return (
    <SessionContext.Provider value={session}>
      <Frame onLanguage={onLanguage} onSignedOut={load} />
    </SessionContext.Provider>
  );
}

function Frame({ onLanguage, onSignedOut }: { onLanguage: (language: Language) => void; onSignedOut: () => void }) {
  const t = useCommon();
  const [path, navigate] = useLocation();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  useGlobalKeys(navigate, () => setHelpOpen(true));

  // Another page: its heading is read out, and the next Tab begins there.
  const before = useRef(path);
  useEffect(() => {
    setMenuOpen(false);
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  const page = kPages.find((one) => isUnder(path, one.path));
  useEffect(() => {
    document.title = page ? `${t.nav[page.id]} – mogura` : "mogura";
  }, [page, t]);

  return (
    <div class={isMenuOpen ? "frame menu-open" : "frame"}>
      <a class="skip" href="#main">
        {t.nav.skip}
      </a>
      <header class="side">
        <div class="brand-row">
          <Link href="/" class="brand">
            mogura
          </Link>
          <button
            type="button"
            class="menu-button"
            aria-expanded={isMenuOpen}
            aria-controls="navigation"
            onClick={() => setMenuOpen(!isMenuOpen)}
          >
            {t.nav.menu}
          </button>
        </div>
        <div id="navigation" class="side-body">
          <nav aria-label={t.nav.label}>
            <ul>
              {kPages.map((one) => (
                <li key={one.id}>
                  <Link href={one.path} aria-current={isUnder(path, one.path) ? "page" : undefined}>
                    {t.nav[one.id]}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <Settings onLanguage={onLanguage} onHelp={() => setHelpOpen(true)} onSignedOut={onSignedOut} />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Routes />
      </main>
      {isHelpOpen && <Help pages={kPages} onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

function useGlobalKeys(navigate: (path: string) => void, onHelp: () => void): void {
  const pressedG = useRef(-Infinity); // when g was pressed
  useKeys((key, event) => {
    const isAfterG = event.timeStamp - pressedG.current < 1500;
    pressedG.current = -Infinity;
    if (isAfterG) {
      const page = kPages.find((one) => one.key === key);
      if (page) navigate(page.path);
      return page !== undefined;
    }
    if (key === "g") pressedG.current = event.timeStamp;
    else if (key === "?") onHelp();
    else if (key === "/") return focusSearch();
    else return false;
    return true;
  });
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("input[data-search]");
  field?.focus();
  field?.select();
  return field !== null;
}

function Settings(props: {
  onLanguage: (language: Language) => void;
  onHelp: () => void;
  onSignedOut: () => void;
}) {
  const t = useCommon();
  const session: SignedIn = useSession();
  const signOut = () => {
    logout().then(
      () => {
        rememberToken({ needs_login: true, has_users: true, has_token: true });
        props.onSignedOut();
      },
      () => toast(t.state.failed, "error"),
    );
  };
  return (
    <div class="settings" role="group" aria-label={t.settings.label}>
      <ThemeAndLanguage onLanguage={props.onLanguage} />
      <button type="button" class="link" onClick={props.onHelp}>
        {t.help.title} <kbd>?</kbd>
      </button>
      {session.read_only && <span class="badge">{t.settings.readOnly}</span>}
      {session.needs_login && (
        <p class="who">
          {t.settings.signedInAs} <bdi>{plainOf(session.user, 60)}</bdi>{" "}
          <button type="button" class="link" onClick={signOut}>
            {t.settings.signOut}
          </button>
        </p>
      )}
      <p class="version dim">{plainOf(session.version, 40)}</p>
    </div>
  );
}

function Routes(): ComponentChildren {
  // wouter's types want components; pages take what they need as properties.
  return useMemo(
    () => (
      <Switch>
        <Route path="/" component={OverviewPage} />
        <Route path="/findings" component={FindingsPage} />
        <Route path="/findings/:id">{(match) => <FindingPage key={match.id} id={match.id} />}</Route>
        <Route path="/patterns" component={PatternsPage} />
        <Route path="/patterns/:id">{(match) => <PatternPage key={match.id} id={match.id} />}</Route>
        <Route path="/populations" component={PopulationsPage} />
        <Route path="/clients" component={ClientsPage} />
        <Route path="/clients/:client">{(match) => <ClientPage key={match.client} client={match.client} />}</Route>
        <Route path="/sessions" component={SessionsPage} />
        <Route path="/alerts" component={AlertsPage} />
        <Route path="/audit" component={AuditPage} />
        <Route component={NotFound} />
      </Switch>
    ),
    [],
  );
}

function NotFound() {
  const t = useCommon();
  return (
    <>
      <h1>{t.state.notFound}</h1>
      <p>
        <Link href="/">{t.state.toOverview}</Link>
      </p>
    </>
  );
}
