import { Header } from "../../components/Header";

export function LoginPage() {
  return <Header title="Log in" />;
}
