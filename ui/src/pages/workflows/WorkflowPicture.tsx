import type { Picture } from "../../api/views";

/** The graph of a workflow, with no run laid over it. */
export function WorkflowPicture({ name, picture }: { readonly name: string; readonly picture: Picture }) {
  return <section className="workflow-picture" aria-label={`Graph of ${name}`} data-boxes={picture.boxes.length} />;
}
