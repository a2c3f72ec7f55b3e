import { Header } from "../../components/Header";

export function ParkedPage() {
  return <Header title="Parked" />;
}
