import icon from "../look/icon.svg";

export const Mark = ({ env }: { env?: string }) => (
  <p className="mark"><img src={icon} alt="" width="20" height="20" />Storefleet{env && <span className="env">{env}</span>}</p>
);
