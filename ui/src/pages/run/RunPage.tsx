import { Header } from "../../components/Header";

export function RunPage() {
  return <Header title="Run" />;
}
