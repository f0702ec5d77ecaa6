import { render } from "preact";
import "./console.css";

render(<p>mogura</p>, document.getElementById("app")!);
