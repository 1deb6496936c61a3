import { defineMiddlewares, type AuthenticatedMedusaRequest, type MedusaNextFunction, type MedusaRequest, type MedusaResponse } from "@medusajs/framework/http";
import { Modules } from "@medusajs/framework/utils";

/** A login outlives its user by a day, since Medusa looks at its signature only: whoever was removed is out at once. */
export async function requireUser(request: MedusaRequest, response: MedusaResponse, next: MedusaNextFunction): Promise<void> {
  const { actor_type: type, actor_id: id } = (request as AuthenticatedMedusaRequest).auth_context ?? {};
  if (type === "user" && id) {
    const [user] = await request.scope.resolve(Modules.USER).listUsers({ id }, { select: ["id"] });
    if (!user) return void response.status(401).json({ message: "Unauthorized" });
  }
  next();
}

export default defineMiddlewares({ routes: [{ matcher: "/admin*", middlewares: [requireUser] }] });
