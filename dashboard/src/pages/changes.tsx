import { PageHead } from "../parts/page-head";

export default function Changes() {
  return <PageHead title="Changes" />;
}
