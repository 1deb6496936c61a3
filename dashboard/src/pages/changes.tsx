import { Empty } from "../parts/states";

export default function Changes() {
  return <Empty title="Changes" />;
}
