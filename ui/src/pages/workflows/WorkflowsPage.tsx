import { Header } from "../../components/Header";

export function WorkflowsPage() {
  return <Header title="Workflows" />;
}
