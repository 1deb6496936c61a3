import { PageHead } from "../parts/page-head";

export default function Operation({ id }: { id: string }) {
  return <PageHead title={id} />;
}
