// What works as page loads works in place with this: choosing a variant, filling and changing the cart. Nothing depends on it.

/** One after the other, so that the last thing asked for is what stays. */
let queue = Promise.resolve();

async function load(url: string, init?: RequestInit): Promise<void> {
  const main = document.querySelector("main")!;
  main.setAttribute("aria-busy", "true");
  const response = await fetch(url, init);
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  const focused = document.activeElement?.id;
  for (const part of ["#main", "#cart-link"]) document.querySelector(part)!.replaceWith(next.querySelector(part)!);
  document.title = next.title;
  if (response.redirected || !init) history.replaceState(null, "", response.url);
  const target = (focused && document.getElementById(focused)) || document.getElementById("main")!;
  target.focus({ preventScroll: true });
  document.getElementById("live")!.textContent = document.querySelector("#main [data-announce]")?.textContent ?? "";
  document.querySelector("#main .notice, #main .alert")?.scrollIntoView({ block: "nearest" });
}

addEventListener("click", (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-live]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  queue = queue.then(() => load(link.href)).catch(() => location.assign(link.href));
});

addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.dataset.once !== undefined) {
    if (form.dataset.once === "sent") event.preventDefault();
    form.dataset.once = "sent";
  }
  if (form.dataset.live === undefined) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form) as never);
  queue = queue.then(() => load(form.action, { method: "POST", body })).catch(() => form.submit());
});

// A quantity in the cart counts as soon as it is left or stepped; elsewhere the button does.
addEventListener("change", (event) => {
  const input = event.target as HTMLInputElement;
  if (input.closest(".line form[data-live]")) input.form!.requestSubmit();
});

// Back to a form that was sent: it may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll<HTMLFormElement>("[data-once]")) form.dataset.once = "";
});
