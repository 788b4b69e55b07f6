//! Token requests: the one of RFC 6749, or the partner's own template, for any grant.

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::encode::oauth2::client::TokenClient;
use crate::model::record::TokenGrant;
use crate::model::sdk::{TemplateString, TokenRequest};
use crate::model::token::TokenMessage;

/// Names by which requests name the grant: that of RFC 6749, and as JSON spells it elsewhere.
const GRANT_TYPE: [&str; 2] = ["grant_type", "grantType"];

impl TokenClient {
    /// The request of a grant for these fields of `authData`: `clientId`, `clientSecret`, what the grant takes, and what is
    /// configured further. The partner's template is that of the grant by which tokens are taken.
    ///
    /// # Errors
    /// In words, when the template cannot be rendered or names no grant.
    pub fn request(&self, grant: TokenGrant, mut auth_data: Value) -> Result<TokenMessage, String> {
        let own = self.template.as_ref().filter(|_| self.is_templated(grant));
        let Some(template) = own else {
            return Ok(self.standard(grant, &auth_data));
        };
        if let Value::Object(fields) = &mut auth_data {
            fields
                .entry("accessTokenUrl")
                .or_insert_with(|| self.standard_url().into());
            fields
                .entry("scope")
                .or_insert_with(|| self.scopes.join(" ").into());
        }
        let request = self.templated(template, &auth_data)?;
        if grant == self.grant {
            return Ok(request);
        }
        with_grant(request, grant.grant_type())
    }

    /// Where the requests of RFC 6749 go.
    fn standard_url(&self) -> &str {
        self.standard_url.as_ref().unwrap_or(&self.url)
    }

    /// Whether a client with another secret makes another request.
    pub fn names_secret(&self) -> bool {
        let request = |secret: &str| {
            let client = json!({ "clientId": "client", "clientSecret": secret });
            self.request(self.grant, client)
        };
        let is_login = |(name, _): &(String, String)| name.eq_ignore_ascii_case("authorization");
        match (request("one"), request("other")) {
            (Ok(one), Ok(other)) => {
                self.client_in_header && !one.headers.iter().any(is_login) || one != other
            }
            (Err(_), _) | (_, Err(_)) => true,
        }
    }

    /// Whether the request names its grant, so that another can be named.
    pub fn names_grant(&self) -> bool {
        let request = |grant| self.request(grant, json!({}));
        request(self.grant).is_err() || request(TokenGrant::Unsupported).is_ok()
    }

    fn is_templated(&self, grant: TokenGrant) -> bool {
        match grant {
            TokenGrant::RefreshToken | TokenGrant::AuthorizationCode => grant == self.grant,
            TokenGrant::ClientCredentials | TokenGrant::Password | TokenGrant::Unsupported => true,
        }
    }

    fn standard(&self, grant: TokenGrant, auth_data: &Value) -> TokenMessage {
        let field = |name: &str| {
            auth_data
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("grant_type", grant.grant_type());
        for (name, member) in parameters(grant) {
            body.append_pair(name, field(member));
        }
        if !self.client_in_header {
            body.append_pair("client_id", field("clientId"));
            body.append_pair("client_secret", field("clientSecret"));
        }
        // a refresh and a code have the scope that was granted first
        let scoped = !matches!(
            grant,
            TokenGrant::RefreshToken | TokenGrant::AuthorizationCode
        );
        let configured = self.scopes.join(" ");
        let scope = Some(field("scope")).filter(|scope| !scope.is_empty());
        let scope = scope.unwrap_or(&configured);
        if scoped && !scope.is_empty() {
            body.append_pair("scope", scope);
        }
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        TokenMessage {
            method: String::from("POST"),
            url: match grant {
                TokenGrant::RefreshToken => self.refresh_url.as_deref(),
                TokenGrant::ClientCredentials
                | TokenGrant::Password
                | TokenGrant::AuthorizationCode
                | TokenGrant::Unsupported => None,
            }
            .unwrap_or_else(|| self.standard_url())
            .to_owned(),
            headers: vec![
                header("Content-Type", "application/x-www-form-urlencoded"),
                header("Accept", "application/json"),
            ],
            body: body.finish(),
        }
    }

    fn templated(
        &self,
        template: &TokenRequest,
        auth_data: &Value,
    ) -> Result<TokenMessage, String> {
        let text = |template: &TemplateString| self.render(template, "authData", auth_data.clone());
        let (server, http) = (&template.request, &template.request.http);
        let mut url = text(&server.sent_url())?;
        if let Some(query) = &server.sent_query() {
            let separator = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{separator}{}", text(query)?);
        }
        let mut headers = vec![(String::from("Content-Type"), http.content_type.clone())];
        for header in &http.headers {
            headers.push((header.name.clone(), text(&header.sent())?));
        }
        let body = http.request_body.as_ref().map(text).transpose()?;
        Ok(TokenMessage {
            method: http.method.as_str().to_owned(),
            url,
            headers,
            body: body.unwrap_or_default(),
        })
    }
}

/// What a grant takes besides the client, and the member of `authData` that it is.
fn parameters(grant: TokenGrant) -> &'static [(&'static str, &'static str)] {
    match grant {
        TokenGrant::Password => &[("username", "username"), ("password", "password")],
        TokenGrant::AuthorizationCode => &[("code", "code"), ("redirect_uri", "redirectUri")],
        TokenGrant::RefreshToken => &[("refresh_token", "refreshToken")],
        TokenGrant::ClientCredentials | TokenGrant::Unsupported => &[],
    }
}

/// The request with another grant where it names one: a member of JSON, or a pair of a form or of the query.
fn with_grant(mut request: TokenMessage, grant: &str) -> Result<TokenMessage, String> {
    if let Ok(mut body) = serde_json::from_str::<Value>(&request.body)
        && replace_member(&mut body, grant)
    {
        request.body = body.to_string();
        return Ok(request);
    }
    if let Some(body) = with_pair(&request.body, grant) {
        request.body = body;
        return Ok(request);
    }
    let query = request.url.split_once('?');
    let url = query.and_then(|(path, query)| Some(format!("{path}?{}", with_pair(query, grant)?)));
    request.url =
        url.ok_or("expected `grant_type` in the token request, received a request without it")?;
    Ok(request)
}

fn replace_member(value: &mut Value, grant: &str) -> bool {
    match value {
        Value::Object(map) => {
            let own = GRANT_TYPE.iter().find(|name| map.contains_key(**name));
            if let Some(member) = own.and_then(|name| map.get_mut(*name)) {
                *member = grant.into();
                return true;
            }
            map.values_mut().any(|inner| replace_member(inner, grant))
        }
        Value::Array(items) => items.iter_mut().any(|inner| replace_member(inner, grant)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn with_pair(form: &str, grant: &str) -> Option<String> {
    let mut replaced = false;
    let pairs = form.split('&').map(|pair| {
        let name = pair.split_once('=').map(|(name, _)| name.trim());
        match name.filter(|name| GRANT_TYPE.contains(name)) {
            Some(name) => {
                replaced = true;
                let mut pair = form_urlencoded::Serializer::new(String::new());
                pair.append_pair(name, grant).finish()
            }
            None => pair.to_owned(),
        }
    });
    let form = pairs.collect::<Vec<_>>().join("&");
    replaced.then_some(form)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    fn request(url: &str, body: &str) -> TokenMessage {
        TokenMessage {
            method: String::from("POST"),
            url: url.to_owned(),
            headers: Vec::new(),
            body: body.to_owned(),
        }
    }

    #[test]
    fn the_standard_request_names_grant_client_and_scopes() {
        let mut client = TokenClient::new("https://auth.example.com/token");
        client.scopes = vec![String::from("read"), String::from("write")];
        let auth_data = json!({"clientId": "cid", "clientSecret": "s cret/cret"});
        let body = |client: &TokenClient| {
            client
                .request(TokenGrant::ClientCredentials, auth_data.clone())
                .unwrap()
                .body
        };
        assert_eq!(
            body(&client),
            "grant_type=client_credentials&client_id=cid&client_secret=s+cret%2Fcret&scope=read+write"
        );
        client.client_in_header = true;
        assert_eq!(
            body(&client),
            "grant_type=client_credentials&scope=read+write"
        );
    }

    #[test]
    fn each_grant_has_its_own_parameters() {
        let mut client = TokenClient::new("https://auth.example.com/token");
        client.scopes = vec![String::from("read")];
        client.client_in_header = true;
        client.refresh_url = Some(String::from("https://auth.example.com/refresh"));
        let auth_data = json!({
            "username": "ada", "password": "p&w", "refreshToken": "r-1", "code": "c-1",
            "redirectUri": "https://platform.adobe.io/callback",
        });
        for (grant, url, body) in [
            (
                TokenGrant::Password,
                "token",
                "grant_type=password&username=ada&password=p%26w&scope=read",
            ),
            (
                TokenGrant::RefreshToken,
                "refresh",
                "grant_type=refresh_token&refresh_token=r-1",
            ),
            (
                TokenGrant::AuthorizationCode,
                "token",
                "grant_type=authorization_code&code=c-1&redirect_uri=https%3A%2F%2Fplatform.adobe.io%2Fcallback",
            ),
        ] {
            let request = client.request(grant, auth_data.clone()).unwrap();
            assert_eq!(request.body, body);
            assert_eq!(request.url, format!("https://auth.example.com/{url}"));
        }
    }

    #[test]
    fn the_standard_request_names_secret_and_grant_and_goes_where_no_template_goes() {
        let mut client = TokenClient::new("https://auth.example.com/own");
        client.standard_url = Some(String::from("https://auth.example.com/token"));
        assert!(client.names_secret() && client.names_grant());
        client.client_in_header = true;
        assert!(client.names_secret());
        let code = client.request(TokenGrant::AuthorizationCode, json!({}));
        assert_eq!(code.unwrap().url, "https://auth.example.com/token");
    }

    #[test]
    fn another_grant_is_named_where_the_request_names_one() {
        let url = "https://auth.example.com/token";
        let form = with_grant(
            request(
                url,
                "client_id=client_credentials&grant_type=client_credentials",
            ),
            "urn:x",
        );
        assert_eq!(
            form.unwrap().body,
            "client_id=client_credentials&grant_type=urn%3Ax"
        );
        let json = with_grant(
            request(url, r#"{"a":"client_credentials","b":{"grantType":"x"}}"#),
            "urn:x",
        );
        assert_eq!(
            json.unwrap().body,
            r#"{"a":"client_credentials","b":{"grantType":"urn:x"}}"#
        );
        let query = with_grant(request(&format!("{url}?a=1&grant_type=x"), ""), "g");
        assert_eq!(query.unwrap().url, format!("{url}?a=1&grant_type=g"));
        assert!(with_grant(request(url, "<grant>client_credentials</grant>"), "g").is_err());
    }
}
