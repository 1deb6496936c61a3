import type { Cart } from "../medusa/cart";
import type { Line, Totals } from "../medusa/totals";
import { Picture } from "../look/art";
import type { Money } from "../look/money";
import { productPath } from "./catalogue";
import { Alert, Message, Notice } from "./layout";

interface Props {
  cart?: Cart;
  money: Money;
  notice?: string;
  /** What went wrong, and with which line. */
  problem?: { line?: string; text: string };
}

export function CartPage({ cart, money, notice, problem }: Props) {
  if (!cart || cart.lines.length === 0) {
    return (
      <>
        {notice && <Notice>{notice}</Notice>}
        <Message icon="bag" title="Your cart is empty">
          <p>What you put into it waits here.</p>
          <p>
            <a class="button" href="/">
              Go shopping
            </a>
          </p>
        </Message>
      </>
    );
  }
  return (
    <>
      {notice && <Notice>{notice}</Notice>}
      {problem && !cart.lines.some(({ id }) => id === problem.line) && (
        <Alert>
          <p>{problem.text}</p>
        </Alert>
      )}
      <h1>Your cart</h1>
      <div class="columns">
        <ul class="lines">
          {cart.lines.map((line) => (
            <li class="line">
              <LineFacts line={line} money={money} />
              <div class="controls">
                <form method="post" action="/cart/line" data-live>
                  <input type="hidden" name="line" value={line.id} />
                  <label for={`quantity-${line.id}`}>
                    Quantity<span class="hidden"> of {line.title}</span>
                  </label>
                  <input
                    id={`quantity-${line.id}`}
                    name="quantity"
                    type="number"
                    inputmode="numeric"
                    min="0"
                    max="999"
                    value={String(line.quantity)}
                    required
                    aria-invalid={problem?.line === line.id ? "true" : undefined}
                    aria-describedby={problem?.line === line.id ? `problem-${line.id}` : undefined}
                  />
                  <button id={`update-${line.id}`} type="submit" class="plain">
                    Update<span class="hidden"> {line.title}</span>
                  </button>
                </form>
                <form method="post" action="/cart/line" data-live>
                  <input type="hidden" name="line" value={line.id} />
                  <input type="hidden" name="quantity" value="0" />
                  <button type="submit" class="plain">
                    Remove<span class="hidden"> {line.title}</span>
                  </button>
                </form>
              </div>
              {problem?.line === line.id && (
                <p class="error" role="alert" id={`problem-${line.id}`}>
                  {problem.text}
                </p>
              )}
            </li>
          ))}
        </ul>
        <section class="summary" aria-label="Summary">
          <h2>Summary</h2>
          <TotalRows totals={cart.totals} money={money} />
          <p class="hidden" data-announce>
            Total: {money(cart.totals.total)}
          </p>
          <a class="button wide" href="/checkout">
            Checkout
          </a>
        </section>
      </div>
    </>
  );
}

export const LineFacts = ({ line, money }: { line: Line; money: Money }) => (
  <div class="line-facts">
    <Picture image={line.image} seed={line.productId} title={line.title} eager />
    <div>
      <p class="line-title">{line.handle ? <a href={productPath(line.handle)}>{line.title}</a> : line.title}</p>
      {line.variant && <p class="quiet">{line.variant}</p>}
      <p class="quiet">
        {line.quantity} × {money(line.unitPrice)}
      </p>
    </div>
    <p class="amount">{money(line.total)}</p>
  </div>
);

export const TotalRows = ({ totals, money }: { totals: Totals; money: Money }) => (
  <dl class="totals">
    {totals.rows.map(({ label, amount }) => (
      <div>
        <dt>{label}</dt>
        <dd>{money(amount)}</dd>
      </div>
    ))}
    <div class="total">
      <dt>Total</dt>
      <dd>{money(totals.total)}</dd>
    </div>
    {totals.includedTax > 0 && (
      <div class="quiet">
        <dt>Including tax</dt>
        <dd>{money(totals.includedTax)}</dd>
      </div>
    )}
  </dl>
);
