import { render } from "preact";
import { App } from "./app";
import { forgetLists } from "./lib/rows";
import { whenChanged } from "./api";
import { applyTheme, stored, themeFor } from "./lib/settings";
import "../charts/charts.css";
import "./console.css";

applyTheme(themeFor(stored("theme"))); // before the first picture, which would flash otherwise
whenChanged(forgetLists);
render(<App />, document.getElementById("app")!);
