//! Asking again where a service says that it is busy: as often as the clients of object stores do, and as soon.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How often is asked again.
pub(super) const AGAIN: usize = 2;

/// The wait before the first time, where the service names none; the next is twice as long.
const FIRST: Duration = Duration::from_millis(100);

/// The longest wait, whatever the service names: a harness waits for nobody.
const LONGEST: Duration = Duration::from_secs(5);

/// How often was asked again so far.
#[derive(Default)]
pub(super) struct Patience(usize);

impl Patience {
    /// Whether to ask again after such an answer; the wait is over then.
    pub(super) async fn lasts(&mut self, status: StatusCode, headers: &HeaderMap) -> bool {
        let lasts = is_busy(status) && self.0 < AGAIN;
        if lasts {
            tokio::time::sleep(self.wait(headers)).await;
            self.0 += 1;
        }
        lasts
    }

    fn wait(&self, headers: &HeaderMap) -> Duration {
        let named = headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let named = named.and_then(|value| value.trim().parse().ok());
        let own = FIRST * (1 << self.0);
        named.map_or(own, Duration::from_secs).min(LONGEST)
    }
}

/// Whether an answer says nothing of what was asked, only of the service.
pub(super) fn is_busy(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_names_the_wait_within_bounds() {
        let wait = |named: Option<&'static str>, asked| {
            let mut headers = HeaderMap::new();
            let named = named.map(reqwest::header::HeaderValue::from_static);
            headers.extend(named.map(|named| (RETRY_AFTER, named)));
            Patience(asked).wait(&headers)
        };
        assert_eq!([wait(None, 0), wait(None, 1)], [FIRST, FIRST * 2]);
        assert_eq!(wait(Some("1"), 1), Duration::from_secs(1));
        assert_eq!(wait(Some("3600"), 0), LONGEST);
        assert_eq!(wait(Some("Sun, 22 Nov 2026 12:00:00 GMT"), 0), FIRST);
    }

    #[tokio::test]
    async fn patience_ends() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, reqwest::header::HeaderValue::from_static("0"));
        let mut patience = Patience::default();
        for _ in 0..AGAIN {
            assert!(
                patience
                    .lasts(StatusCode::SERVICE_UNAVAILABLE, &headers)
                    .await
            );
        }
        assert!(
            !patience
                .lasts(StatusCode::SERVICE_UNAVAILABLE, &headers)
                .await
        );
        let refused = StatusCode::UNAUTHORIZED;
        assert!(!Patience::default().lasts(refused, &headers).await);
    }
}
