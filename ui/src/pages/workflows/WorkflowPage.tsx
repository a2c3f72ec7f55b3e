import { Header } from "../../components/Header";

export function WorkflowPage() {
  return <Header title="Workflow" />;
}
