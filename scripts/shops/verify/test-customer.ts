import { randomBytes } from "node:crypto";

/** Told apart from people at first sight. Nothing under `.invalid` is ever delivered; each run has an address of its own. */
export const testCustomer = () => ({
  first_name: "Storefleet",
  last_name: "Verification",
  email: `verify-${randomBytes(5).toString("hex")}@storefleet.invalid`,
});

export const testNote = "A test by `stores verify`. It is cancelled at once; there is nothing to send.";

/** Postcodes of the form that WooCommerce demands of these countries; others take anything. */
const postcodes: Record<string, string> = {
  AT: "1010", BE: "1000", CH: "3000", DK: "1050", HU: "1011", NO: "0150", SI: "1000", LI: "9490",
  BA: "71000", BR: "01001-000", CA: "K1A 0B1", GB: "SW1A 1AA", IE: "D02 AF30", IN: "110001",
  JP: "100-0001", NL: "1012 AB", PL: "00-001", PT: "1000-001",
};

/** An address that is valid anywhere and leads nowhere. */
export const testAddress = (country: string, state: string) => ({
  company: "",
  address_1: "Test Street 1",
  address_2: "",
  city: "Test City",
  state,
  postcode: postcodes[country] ?? "10115",
  country,
  phone: "000 000 000",
});
