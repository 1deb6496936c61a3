import { Empty } from "../parts/states";

export default function Operation({ id }: { id: string }) {
  return <Empty title={id} />;
}
