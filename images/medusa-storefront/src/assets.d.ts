// What build.mjs puts in place of `import text from "asset:./file"`.
declare module "asset:*" {
  const text: string;
  export default text;
}
