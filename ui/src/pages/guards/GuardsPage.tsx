import { Header } from "../../components/Header";

export function GuardsPage() {
  return <Header title="Breakers & limits" />;
}
