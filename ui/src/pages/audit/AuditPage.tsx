import { Header } from "../../components/Header";

export function AuditPage() {
  return <Header title="Audit" />;
}
