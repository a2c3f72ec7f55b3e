import { Header } from "../../components/Header";

export function OpenPage() {
  return <Header title="Open a journal" />;
}
