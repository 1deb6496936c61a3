import type { Child } from "hono/jsx";
import type { Address, Cart } from "../medusa/cart";
import type { Country } from "../medusa/shop";
import type { Money } from "../look/money";
import { LineFacts, TotalRows } from "./cart";
import { Alert } from "./layout";

export type AddressForm = Address & { email?: string };
export type FieldName = keyof AddressForm;
/** What is wrong, by field; "form" is all that belongs to no field. */
export type Problems = Partial<Record<FieldName | "form", string>>;

interface Field {
  name: FieldName;
  label: string;
  optional?: boolean;
  type?: "email" | "tel";
  /** For the browser to fill in. */
  autocomplete: string;
  /** Takes half of a row. */
  half?: boolean;
}

export const fields: Field[] = [
  { name: "email", label: "E-mail", type: "email", autocomplete: "email" },
  { name: "first_name", label: "First name", autocomplete: "given-name", half: true },
  { name: "last_name", label: "Last name", autocomplete: "family-name", half: true },
  { name: "address_1", label: "Street and number", autocomplete: "address-line1" },
  { name: "address_2", label: "Apartment, floor", autocomplete: "address-line2", optional: true },
  { name: "postal_code", label: "Postcode", autocomplete: "postal-code", half: true },
  { name: "city", label: "City", autocomplete: "address-level2", half: true },
  { name: "province", label: "State or province", autocomplete: "address-level1", optional: true },
  { name: "country_code", label: "Country", autocomplete: "country", half: true },
  { name: "phone", label: "Phone", type: "tel", autocomplete: "tel", optional: true, half: true },
];

interface Props {
  cart: Cart;
  money: Money;
  countries: Country[];
  values: AddressForm;
  problems?: Problems;
}

export function AddressPage({ cart, money, countries, values, problems = {} }: Props) {
  const wrong = fields.filter(({ name }) => problems[name]);
  return (
    <Checkout title="Delivery address" step={1} cart={cart} money={money}>
      {(problems.form || wrong.length > 0) && (
        <Alert>
          {problems.form && <p>{problems.form}</p>}
          {wrong.length > 0 && (
            <ul>
              {wrong.map(({ name }) => (
                <li>
                  <a href={`#${name}`}>{problems[name]}</a>
                </li>
              ))}
            </ul>
          )}
        </Alert>
      )}
      <form class="fields" method="post" action="/checkout" novalidate data-once>
        {fields.map((field) => (
          <div class={field.half ? "field half" : "field"}>
            <label for={field.name}>
              {field.label}
              {field.optional && <span class="quiet"> (optional)</span>}
            </label>
            <Input field={field} value={values[field.name] ?? ""} countries={countries} problem={problems[field.name]} />
            {problems[field.name] && (
              <p class="error" id={`problem-${field.name}`}>
                {problems[field.name]}
              </p>
            )}
          </div>
        ))}
        <button type="submit" class="wide">
          Continue
        </button>
      </form>
    </Checkout>
  );
}

function Input({ field, value, countries, problem }: { field: Field; value: string; countries: Country[]; problem?: string }) {
  const common = {
    id: field.name,
    name: field.name,
    autocomplete: field.autocomplete,
    required: !field.optional,
    "aria-invalid": problem ? ("true" as const) : undefined,
    "aria-describedby": problem ? `problem-${field.name}` : undefined,
  };
  if (field.name !== "country_code") return <input {...common} type={field.type ?? "text"} value={value} maxlength={200} />;
  return (
    <select {...common}>
      {countries.map(({ code, name }) => (
        <option value={code} selected={code === value}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** A step of the checkout, with what is being bought beside it. */
export const Checkout = ({ title, step, cart, money, children }: { title: string; step: 1 | 2 | 3; cart: Cart; money: Money; children?: Child }) => (
  <>
    <ol class="steps" aria-label="Steps of the checkout">
      {["Address", "Delivery", "Review"].map((name, index) => (
        <li aria-current={index + 1 === step ? "step" : undefined}>{name}</li>
      ))}
    </ol>
    <h1>{title}</h1>
    <div class="columns">
      <div class="stack">{children}</div>
      <section class="summary" aria-label="Your order">
        <h2>Your order</h2>
        {cart.lines.map((line) => (
          <LineFacts line={line} money={money} />
        ))}
        <TotalRows totals={cart.totals} money={money} />
        <p>
          <a href="/cart">Change cart</a>
        </p>
      </section>
    </div>
  </>
);
