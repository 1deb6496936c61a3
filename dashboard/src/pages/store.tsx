import { Empty } from "../parts/states";

export default function Store({ name }: { name: string }) {
  return <Empty title={name} />;
}
