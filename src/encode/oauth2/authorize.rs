//! The authorization request (RFC 6749 section 4.1.1): where a person's browser is sent to let Experience Platform in.

use url::Url;

use crate::encode::oauth2::client::TokenClient;

impl TokenClient {
    /// The authorization URL for a redirect URI, with a state that the answer brings back.
    ///
    /// # Errors
    /// In words, when none is configured or it is no URL.
    pub fn authorization_request(
        &self,
        client_id: &str,
        redirect_uri: &str,
        state: &str,
    ) -> Result<String, String> {
        let configured = self.authorization_url.as_ref();
        let configured = configured.ok_or("expected `authorizationUrl`, received none")?;
        let mut url = Url::parse(configured)
            .map_err(|error| format!("`authorizationUrl` is no URL: {error}"))?;
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect_uri);
        if !self.scopes.is_empty() {
            query.append_pair("scope", &self.scopes.join(" "));
        }
        query.append_pair("state", state);
        drop(query);
        Ok(url.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_names_client_redirect_uri_scopes_and_state() {
        let mut client = TokenClient::new("https://auth.example.com/token");
        assert!(client.authorization_request("a", "b", "c").is_err());
        client.authorization_url =
            Some(String::from("https://auth.example.com/authorize?tenant=1"));
        client.scopes = vec![String::from("read"), String::from("write")];
        assert_eq!(
            client.authorization_request("cid", "https://platform.adobe.io/callback", "s-1"),
            Ok(String::from(
                "https://auth.example.com/authorize?tenant=1&response_type=code&client_id=cid\
                 &redirect_uri=https%3A%2F%2Fplatform.adobe.io%2Fcallback&scope=read+write&state=s-1"
            ))
        );
    }
}
