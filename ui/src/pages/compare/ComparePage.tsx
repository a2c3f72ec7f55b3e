import { Header } from "../../components/Header";

export function ComparePage() {
  return <Header title="Compare" />;
}
