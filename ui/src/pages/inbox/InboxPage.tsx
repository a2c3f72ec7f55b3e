import { Header } from "../../components/Header";

export function InboxPage() {
  return <Header title="Inbox" />;
}
