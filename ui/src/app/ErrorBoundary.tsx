/** A page that fails says so, and takes nothing else down with it. */

import { Component, type ReactNode } from "react";

interface Props {
  readonly children: ReactNode;
  /** What it belongs to: another one gets another try. */
  readonly of: string;
}

export class ErrorBoundary extends Component<Props, { error: Error | null; of: string }> {
  override state = { error: null as Error | null, of: this.props.of };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps(props: Props, state: { of: string }): { error: null; of: string } | null {
    return props.of === state.of ? null : { error: null, of: props.of };
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children;
    return (
      <section className="page-failed" role="alert">
        <h1>This page failed</h1>
        <p>Nothing happened to any run. The message below says where the page went wrong.</p>
        <pre className="code">{this.state.error.message}</pre>
        <button type="button" className="button" onClick={() => this.setState({ error: null })}>
          Show it again
        </button>
      </section>
    );
  }
}
