/** An image's address if browsers may be sent there, else undefined: then the generated picture stands in. */
export function imageUrl(value: string | null | undefined): string | undefined {
  if (!value || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) ? url.href : undefined;
}
