//! Lends the client of the wire what is known of token requests and answers. Knows nothing of either itself.

use serde_json::Value;

use crate::encode::oauth2::{TokenAnswer, TokenClient};
use crate::model::record::{RawAnswer, TokenGrant};
use crate::model::token::{TokenMessage, TokenReading};
use crate::wire::TokenEndpoint;

impl TokenEndpoint for TokenClient {
    fn url(&self) -> &str {
        &self.url
    }

    fn grant(&self) -> TokenGrant {
        self.grant
    }

    fn client_in_header(&self) -> bool {
        self.client_in_header
    }

    fn refreshes(&self) -> bool {
        TokenClient::refreshes(self)
    }

    fn request(&self, grant: TokenGrant, auth_data: Value) -> Result<TokenMessage, String> {
        TokenClient::request(self, grant, auth_data)
    }

    fn read(&self, answer: &RawAnswer) -> TokenReading {
        let answer = TokenAnswer::came(answer);
        TokenReading {
            issued: TokenClient::read(self, &answer).map_err(|why| why.to_string()),
            understood: self.understands(&answer),
            others: answer.named_tokens(),
            failed_validations: self.failed_validations(&answer),
        }
    }
}
