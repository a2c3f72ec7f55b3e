import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { listenToKeys } from "./app/keys";
import { applyTheme } from "./app/theme";
import "./styles/colours.css";
import "./styles/tokens.css";
import "./styles/elements.css";
import "./styles/frame.css";
import "./styles/parts.css";

applyTheme();
listenToKeys();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
