import type { Card } from "../medusa/catalogue";
import { canBuy, priceRange } from "../medusa/catalogue";
import { Picture } from "../look/art";
import type { Money } from "../look/money";
import { Message } from "./layout";

interface Props {
  products: Card[];
  count: number;
  page: number;
  pages: number;
  search: string;
  money: Money;
}

export function CataloguePage({ products, count, page, pages, search, money }: Props) {
  if (count === 0) return search ? <NothingFound search={search} /> : <NothingYet />;
  return (
    <>
      <div class="heading">
        <h1>{search ? `Results for “${search}”` : "All products"}</h1>
        <p class="quiet">{count === 1 ? "1 product" : `${count} products`}</p>
      </div>
      <ul class="grid">
        {products.map((product, index) => (
          <li class="card">
            <Picture image={product.image} seed={product.id} title={product.title} eager={index < 4} />
            <h2>
              <a href={productPath(product.handle)}>{product.title}</a>
            </h2>
            <Price product={product} money={money} />
          </li>
        ))}
      </ul>
      {pages > 1 && <Pages page={page} pages={pages} search={search} />}
    </>
  );
}

export const productPath = (handle: string, variant?: string) => `/products/${encodeURIComponent(handle)}${variant ? `?variant=${encodeURIComponent(variant)}` : ""}`;

function Price({ product, money }: { product: Card; money: Money }) {
  const range = priceRange(product);
  return (
    <p class="price">
      {range && (
        <span>
          {range.from < range.to && <span class="quiet">from </span>}
          {money(range.from)}
        </span>
      )}
      {!product.variants.some(canBuy) && <span class="badge">{range ? "Sold out" : "Not for sale"}</span>}
    </p>
  );
}

function Pages({ page, pages, search }: { page: number; pages: number; search: string }) {
  const path = (number: number) => `/?${new URLSearchParams({ ...(search && { q: search }), ...(number > 1 && { page: String(number) }) })}`;
  return (
    <nav class="pages" aria-label="Pages">
      {page > 1 && (
        <a class="button second" rel="prev" href={path(page - 1)}>
          Previous
        </a>
      )}
      <span>
        Page {page} of {pages}
      </span>
      {page < pages && (
        <a class="button second" rel="next" href={path(page + 1)}>
          Next
        </a>
      )}
    </nav>
  );
}

const NothingYet = () => (
  <Message icon="bag" title="Nothing here yet">
    <p>This shop has no products at the moment. Please come back soon.</p>
  </Message>
);

const NothingFound = ({ search }: { search: string }) => (
  <Message icon="search" title={`Nothing found for “${search}”`}>
    <p>Try fewer or other words.</p>
    <p>
      <a class="button" href="/">
        See all products
      </a>
    </p>
  </Message>
);
