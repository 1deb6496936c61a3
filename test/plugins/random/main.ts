import { serve } from "../shared/serve";
import { randomProvider } from "./provider";

const { version } = require("@pulumi/random/package.json") as { version: string };

serve(randomProvider(version));
