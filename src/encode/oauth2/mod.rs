//! OAuth 2.0 as Destination SDK configures it: how a token is asked for, and how the answer is read, by the client and by
//! the judge alike. Pure. What authenticates, waits and caches lives in `wire`.

mod answer;
mod authorize;
mod client;
mod path;
mod request;
mod trial;

pub use crate::encode::oauth2::answer::{TokenAnswer, Unread, seconds};
pub use crate::encode::oauth2::client::{ResponsePaths, TokenClient, filled};
pub use crate::encode::oauth2::path::{pointer, value_at};
