// What the storefront logs stays out of the report, except where a test fails.
export {};
const print = console.error;
let lines: unknown[][] = [];

beforeEach(() => {
  lines = [];
  console.error = (...line: unknown[]) => lines.push(line);
});

afterEach(function () {
  console.error = print;
  if (this.currentTest?.state === "failed") lines.forEach((line) => print(...line));
});
