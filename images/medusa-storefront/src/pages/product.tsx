import type { Choice, Product, Variant } from "../medusa/catalogue";
import { canBuy } from "../medusa/catalogue";
import { Picture } from "../look/art";
import type { Money } from "../look/money";
import { productPath } from "./catalogue";
import { Alert, lostCart, Notice } from "./layout";

interface Props {
  product: Product;
  variant?: Variant;
  choices: Choice[];
  money: Money;
  /** The product was just put into the cart; "new": into a new one, as the last one was gone. */
  added?: string;
  /** Why it was not. */
  problem?: string;
}

export function ProductPage({ product, variant, choices, money, added, problem }: Props) {
  const [first, ...more] = product.images;
  return (
    <>
      {added !== undefined && (
        <Notice>
          {product.title} is in your cart. {added === "new" && `${lostCart} `}
          <a href="/cart">Go to cart</a>
        </Notice>
      )}
      <article class="product">
        <div class="gallery" {...(more.length > 0 && { role: "group", "aria-label": "Pictures", tabindex: 0 })}>
          <Picture image={first} seed={product.id} title={product.title} eager />
          {more.map((image) => (
            <Picture image={image} seed={product.id} title={product.title} />
          ))}
        </div>
        <div class="facts">
          <h1>{product.title}</h1>
          {product.subtitle && <p class="quiet">{product.subtitle}</p>}
          {variant && <Price variant={variant} money={money} />}
          {choices.map((choice, index) => (
            <Choose choice={choice} id={`choice-${index}`} handle={product.handle} />
          ))}
          {variant && <Stock variant={variant} />}
          {problem && (
            <Alert>
              <p>{problem}</p>
            </Alert>
          )}
          {variant && canBuy(variant) && <AddToCart product={product} variant={variant} />}
          {product.description && <p class="description">{product.description}</p>}
        </div>
      </article>
    </>
  );
}

const Price = ({ variant, money }: { variant: Variant; money: Money }) =>
  variant.price !== undefined && (
    <p class="price big">
      {variant.regularPrice !== undefined && (
        <>
          <span class="hidden">Regular price </span>
          <s>{money(variant.regularPrice)}</s> <span class="hidden">Now </span>
        </>
      )}
      {money(variant.price)}
    </p>
  );

/** Links, not inputs: each leads to the page of a variant, so price and stock are right without any script. */
const Choose = ({ choice, id, handle }: { choice: Choice; id: string; handle: string }) => (
  <nav class="choice" aria-labelledby={id}>
    <h2 id={id}>{choice.title}</h2>
    <ul>
      {choice.values.map(({ value, variant, chosen }, index) => (
        <li>
          <a id={`${id}-${index}`} class={canBuy(variant) ? undefined : "gone"} href={productPath(handle, variant.id)} aria-current={chosen ? "true" : undefined} data-live>
            {value}
            {!canBuy(variant) && <span class="hidden"> (sold out)</span>}
          </a>
        </li>
      ))}
    </ul>
  </nav>
);

function Stock({ variant }: { variant: Variant }) {
  const text = variant.price === undefined ? "Not for sale at the moment" : variant.stock === 0 ? "Sold out" : variant.stock <= 5 ? `Only ${variant.stock} left` : "In stock";
  return (
    <p class={canBuy(variant) ? "stock" : "stock gone"} data-announce>
      {text}
    </p>
  );
}

const AddToCart = ({ product, variant }: { product: Product; variant: Variant }) => (
  <form class="add" method="post" action="/cart/add" data-live>
    <input type="hidden" name="handle" value={product.handle} />
    <input type="hidden" name="variant" value={variant.id} />
    <label>
      Quantity
      <input id="quantity" name="quantity" type="number" inputmode="numeric" min="1" max={String(Math.min(variant.stock, 999))} value="1" required />
    </label>
    <button type="submit" id="add">
      Add to cart
    </button>
  </form>
);
