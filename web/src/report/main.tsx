import { render } from "preact";
import "../charts/charts.css";
import { readReport } from "./model";
import { Page } from "./page";
import "./report.css";

const place = document.getElementById("report");
if (place) {
  place.replaceChildren();
  render(<Page report={readReport()} />, place);
}
