import type { Order } from "../medusa/checkout";
import type { Country } from "../medusa/shop";
import type { Money } from "../look/money";
import { LineFacts, TotalRows } from "./cart";
import { AddressText, Fact } from "./delivery";
import { Message } from "./layout";

export const OrderPage = ({ order, money, countries }: { order: Order; money: Money; countries: Country[] }) => (
  <>
    <Message icon="tick" title="Thank you for your order">
      <p>
        Its number is <strong>{order.number}</strong>. You pay {money(order.totals.total)} in cash when it arrives.
      </p>
    </Message>
    <div class="columns">
      <dl class="review">
        <Fact label="Deliver to">
          <AddressText address={order.address} countries={countries} />
        </Fact>
        <Fact label="E-mail">{order.email}</Fact>
        {order.deliveryName && <Fact label="Delivery">{order.deliveryName}</Fact>}
        <Fact label="Payment">Cash on delivery</Fact>
      </dl>
      <section class="summary" aria-label="Your order">
        <h2>Your order</h2>
        {order.lines.map((line) => (
          <LineFacts line={line} money={money} />
        ))}
        <TotalRows totals={order.totals} money={money} />
      </section>
    </div>
    <p>
      <a class="button second" href="/">
        Continue shopping
      </a>
    </p>
  </>
);
