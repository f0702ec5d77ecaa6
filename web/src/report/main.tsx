import { render } from "preact";
import "./report.css";

render(<p>mogura</p>, document.getElementById("report")!);
