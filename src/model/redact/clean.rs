//! What was searched already and holds nothing: ids of audiences, names of headers come again in every message.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Bytes of the longest text that is remembered.
const LONGEST: usize = 512;
/// Texts that are remembered at most.
const MOST: usize = 4096;

/// Texts, each with the readings in which it holds no secret.
#[derive(Default)]
pub struct Clean(RwLock<HashMap<Box<[u8]>, u8>>);

impl Clean {
    /// Whether a text holds nothing in this reading, a single bit.
    pub fn knows(&self, bytes: &[u8], reading: u8) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        bytes.len() <= LONGEST && known.get(bytes).is_some_and(|seen| seen & reading != 0)
    }

    /// Remembers that it holds nothing.
    pub fn remember(&self, bytes: &[u8], reading: u8) {
        if bytes.len() > LONGEST {
            return;
        }
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = known.get_mut(bytes) {
            *seen |= reading;
        } else if known.len() < MOST {
            known.insert(bytes.into(), reading);
        }
    }
}
