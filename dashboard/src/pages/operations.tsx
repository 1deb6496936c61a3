import { Empty } from "../parts/states";

export default function Operations() {
  return <Empty title="Operations" />;
}
