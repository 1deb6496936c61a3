import { PageHead } from "../parts/page-head";

export default function Operations() {
  return <PageHead title="Operations" />;
}
