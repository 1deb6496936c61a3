import { Empty } from "../parts/states";

export default function Audit() {
  return <Empty title="Audit" />;
}
