import type { Child } from "hono/jsx";
import type { Address, Cart } from "../medusa/cart";
import type { DeliveryOption } from "../medusa/checkout";
import type { Country } from "../medusa/shop";
import type { Money } from "../look/money";
import { Checkout } from "./address";
import { Alert } from "./layout";

interface DeliveryProps {
  cart: Cart;
  money: Money;
  options: DeliveryOption[];
  problem?: string;
}

export function DeliveryPage({ cart, money, options, problem }: DeliveryProps) {
  const chosen = options.find(({ id }) => id === cart.deliveryId) ?? options[0];
  return (
    <Checkout title="Delivery method" step={2} cart={cart} money={money}>
      {problem && (
        <Alert>
          <p>{problem}</p>
        </Alert>
      )}
      {chosen ? (
        <form method="post" action="/checkout/delivery" data-once>
          <fieldset class="options">
            <legend class="hidden">Delivery</legend>
            {options.map((option) => (
              <label>
                <input type="radio" name="option" value={option.id} checked={option === chosen} required />
                <span>
                  {option.name}
                  {option.description && <span class="quiet"> {option.description}</span>}
                </span>
                <span class="amount">{option.price !== undefined && (option.price === 0 ? "Free" : money(option.price))}</span>
              </label>
            ))}
          </fieldset>
          <button type="submit" class="wide">
            Continue
          </button>
        </form>
      ) : (
        <Alert>
          <p>
            We can not deliver to this address yet. <a href="/checkout">Change the address</a>
          </p>
        </Alert>
      )}
    </Checkout>
  );
}

interface ReviewProps {
  cart: Cart;
  money: Money;
  countries: Country[];
  /** Cash on delivery is on offer. */
  payable: boolean;
  problem?: string;
}

export const ReviewPage = ({ cart, money, countries, payable, problem }: ReviewProps) => (
  <Checkout title="Review your order" step={3} cart={cart} money={money}>
    {problem && (
      <Alert>
        <p>{problem}</p>
      </Alert>
    )}
    <dl class="review">
      <Fact label="Deliver to">
        <AddressText address={cart.address} countries={countries} />
        <Change what="the address" href="/checkout" />
      </Fact>
      <Fact label="E-mail">{cart.email}</Fact>
      <Fact label="Delivery">
        <span>{cart.deliveryName}</span>
        <Change what="the delivery" href="/checkout/delivery" />
      </Fact>
      <Fact label="Payment">{payable ? "Cash on delivery" : "None available"}</Fact>
    </dl>
    {payable ? (
      <form method="post" action="/checkout/order" data-once>
        <input type="hidden" name="total" value={String(cart.totals.total)} />
        <button type="submit" class="wide">
          Place order for {money(cart.totals.total)}
        </button>
      </form>
    ) : (
      <Alert>
        <p>This shop takes no orders at the moment: cash on delivery is switched off.</p>
      </Alert>
    )}
  </Checkout>
);

/** One of the things that an order says. */
export const Fact = ({ label, children }: { label: string; children?: Child }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

const Change = ({ what, href }: { what: string; href: string }) => (
  <a href={href}>
    Change<span class="hidden"> {what}</span>
  </a>
);

export function AddressText({ address, countries }: { address: Address; countries: Country[] }) {
  const country = countries.find(({ code }) => code === address.country_code)?.name ?? address.country_code?.toUpperCase();
  const rows = [
    [address.first_name, address.last_name],
    [address.address_1],
    [address.address_2],
    [address.postal_code, address.city],
    [address.province],
    [country],
    [address.phone],
  ];
  return <address>{rows.map((row) => row.filter(Boolean).join(" ")).filter(Boolean).join("\n")}</address>;
}
