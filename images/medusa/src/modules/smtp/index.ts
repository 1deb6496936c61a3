import { ModuleProvider, Modules } from "@medusajs/framework/utils";

import { SmtpNotificationProvider } from "./provider";

export default ModuleProvider(Modules.NOTIFICATION, { services: [SmtpNotificationProvider] });
