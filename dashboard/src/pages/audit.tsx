import { PageHead } from "../parts/page-head";

export default function Audit() {
  return <PageHead title="Audit" />;
}
