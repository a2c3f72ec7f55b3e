/** Every page: its address, its name in the navigation, and what is shown there. */

import type { ComponentType } from "react";
import type { IconName } from "../components/Icon";
import { AuditPage } from "../pages/audit/AuditPage";
import { ComparePage } from "../pages/compare/ComparePage";
import { GuardsPage } from "../pages/guards/GuardsPage";
import { InboxPage } from "../pages/inbox/InboxPage";
import { LoginPage } from "../pages/login/LoginPage";
import { OpenPage } from "../pages/open/OpenPage";
import { ParkedPage } from "../pages/parked/ParkedPage";
import { RunPage } from "../pages/run/RunPage";
import { RunsPage } from "../pages/runs/RunsPage";
import { WorkflowPage } from "../pages/workflows/WorkflowPage";
import { WorkflowsPage } from "../pages/workflows/WorkflowsPage";

export interface Route {
  readonly pattern: string;
  readonly title: string;
  readonly page: ComponentType<{ readonly params: Readonly<Record<string, string>> }>;
  /** In the navigation, with this icon and `g` and this key. */
  readonly nav?: { readonly icon: IconName; readonly key: string; readonly badge?: "tasks" | "parked" };
  /** The place in the navigation that it belongs to. */
  readonly under?: string;
  readonly isAdmin?: boolean;
}

export const ROUTES: readonly Route[] = [
  { pattern: "/", title: "Runs", page: RunsPage, nav: { icon: "runs", key: "r" } },
  { pattern: "/inbox", title: "Inbox", page: InboxPage, nav: { icon: "inbox", key: "i", badge: "tasks" } },
  { pattern: "/parked", title: "Parked", page: ParkedPage, nav: { icon: "parked", key: "p", badge: "parked" } },
  { pattern: "/guards", title: "Breakers & limits", page: GuardsPage, nav: { icon: "guards", key: "b" } },
  { pattern: "/workflows", title: "Workflows", page: WorkflowsPage, nav: { icon: "workflows", key: "w" } },
  { pattern: "/compare", title: "Compare", page: ComparePage, nav: { icon: "compare", key: "c" } },
  { pattern: "/open", title: "Open a journal", page: OpenPage, nav: { icon: "open", key: "o" } },
  { pattern: "/audit", title: "Audit", page: AuditPage, nav: { icon: "audit", key: "a" }, isAdmin: true },
  { pattern: "/runs/:id", title: "Run", page: RunPage, under: "/" },
  { pattern: "/workflows/:name", title: "Workflow", page: WorkflowPage, under: "/workflows" },
  { pattern: "/login", title: "Log in", page: LoginPage },
];
