// An authorization server made of oidc-provider, over TLS, on a free port of the loopback that it names. Clients: one for
// each way to authenticate, one for which a person logs in, and the intake, which only asks what a token is worth.
// The pages to log in and to consent are oidc-provider's own, for development: whoever types a name is let in.
// OIDC_PROVIDER: its entry point; CLIENT_SECRET: that of every client; REDIRECT_URIS: the file that lists them.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";

const { default: Provider } = await import(process.env.OIDC_PROVIDER);
const HOURS_24 = 24 * 60 * 60;

const client = (id, grants, rest) => ({
  client_id: id,
  client_secret: process.env.CLIENT_SECRET,
  grant_types: grants,
  redirect_uris: [],
  response_types: [],
  scope: "people",
  ...rest,
});
const redirects = readFileSync(process.env.REDIRECT_URIS, "utf8").trim().split("\n");

const configuration = {
  clients: [
    client("adobe", ["client_credentials"], { token_endpoint_auth_method: "client_secret_post" }),
    client("adobe-header", ["client_credentials"]),
    // native: of a program on this machine any port is as good as another (RFC 8252 section 7.3)
    client("adobe-code", ["authorization_code", "refresh_token"], {
      application_type: "native",
      redirect_uris: redirects,
      response_types: ["code"],
    }),
    client("intake", []),
  ],
  cookies: { keys: ["not-a-secret"] },
  features: { clientCredentials: { enabled: true }, introspection: { enabled: true } },
  // by default only for the scope `offline_access` of OpenID Connect
  issueRefreshToken: async (_, of) => of.grantTypeAllowed("refresh_token"),
  // Experience Platform sends no proof key (RFC 7636)
  pkce: { required: () => false },
  scopes: ["people"],
  ttl: { AccessToken: HOURS_24, ClientCredentials: HOURS_24, RefreshToken: 90 * HOURS_24 },
};

const tls = { cert: readFileSync("server.pem"), key: readFileSync("server.key") };
const server = createServer(tls);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  server.on("request", new Provider(`https://localhost:${port}`, configuration).callback());
  console.log(`Listening at: ${port}`);
});
