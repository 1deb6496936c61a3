// Prints scripts/api/openapi.json: node dist/scripts/dev/openapi-page.js > scripts/api/openapi.json
import { openApi } from "../api/http/openapi";
import { routes } from "../api/routes";

export const openApiPage = (): string => `${JSON.stringify(openApi(routes), null, 2)}\n`;

if (require.main === module) process.stdout.write(openApiPage());
