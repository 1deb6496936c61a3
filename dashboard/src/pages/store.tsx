import { PageHead } from "../parts/page-head";

export default function Store({ name }: { name: string }) {
  return <PageHead title={name} />;
}
