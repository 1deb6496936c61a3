import { Component, type ReactNode } from "react";
import { Button } from "./button";
import { ProblemNote } from "./problem-note";

/** Keeps a page's error to the page; such as a part of it that the server has no more, as it was built anew meanwhile. */
export class Boundary extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};
  static getDerivedStateFromError = (error: unknown) => ({ error });

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <>
        <ProblemNote error={this.state.error} />
        <p><Button onPress={() => location.reload()}>Load it again</Button></p>
      </>
    );
  }
}
