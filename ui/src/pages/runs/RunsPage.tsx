import { Header } from "../../components/Header";

export function RunsPage() {
  return <Header title="Runs" />;
}
