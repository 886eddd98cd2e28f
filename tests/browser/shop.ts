// A shop's server in TypeScript, with a client whose types are generated from docs/openapi.json: what docs/operations.md shows.
import createClient from "openapi-fetch";
import type { components, paths } from "./realname.js";

type Verdict = components["schemas"]["Verdict"];

export function openShop(baseUrl: string, token: string) {
  const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

  // What came, or an error with the service's own code and advice.
  function told<T>(answer: { data?: T; error?: components["schemas"]["Error"] }): T {
    if (answer.error) throw new Error(`${answer.error.error.code}: ${answer.error.error.action.en}`);
    if (answer.data === undefined) throw new Error("nothing came");
    return answer.data;
  }

  return {
    /** A demand for this order and a session that answers it. The order is the key under which both happen once. */
    async sell(order: string, number: string, locale: "en" | "zh") {
      const once = (what: string) => ({ header: { "Idempotency-Key": `${what}-${order}` } });
      const demand = told(await api.POST("/v1/demands", {
        params: once("demand"),
        body: {
          purpose: "sim.activate", number, claims: ["name", "id_number"], checks: ["triplet", "registry"], locality: "remote",
        },
      }));
      return told(await api.POST("/v1/sessions", { params: once("session"), body: { demand: demand.demand, locale } }));
    },

    /** How the buyer's session stands. */
    async look(id: string) {
      return told(await api.GET("/v1/sessions/{id}", { params: { path: { id } } }));
    },

    /** Decides on a presentation: once for each order, however often it is asked. */
    async decide(order: string, presentation: string): Promise<Verdict> {
      return told(await api.POST("/v1/presentations", {
        params: { header: { "Idempotency-Key": `answer-${order}` } },
        body: { presentation },
      }));
    },
  };
}
