import { serve } from "../shared/serve";
import { kubernetesProvider } from "./provider";

const { version } = require("@pulumi/kubernetes/package.json") as { version: string };

serve(kubernetesProvider(version));
