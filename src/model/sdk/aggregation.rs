//! Aggregation: how profiles are gathered into messages (reference 4.7, 5.8).

/// `aggregation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aggregation {
    /// `BEST_EFFORT`.
    BestEffort(BestEffort),
    /// `CONFIGURABLE_AGGREGATION`.
    Configurable(Configurable),
}

/// `bestEffortAggregation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestEffort {
    /// `maxUsersPerRequest`: at most so many profiles in a message.
    pub max_users_per_request: usize,
    /// `splitUserById`: one entry per identity.
    pub split_user_by_id: bool,
    /// `aggregationKey`; newest edition only.
    pub key: Option<AggregationKey>,
}

/// `configurableAggregation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configurable {
    /// `maxBatchAgeInSecs`.
    pub max_batch_age_seconds: u64,
    /// `maxNumEventsInBatch`: at most so many entries in a message.
    pub max_events_in_batch: usize,
    /// `splitUserById`: one entry per identity.
    pub split_user_by_id: bool,
    /// `aggregationKey`.
    pub key: AggregationKey,
}

/// `aggregationKey`: what the entries of a message have in common.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AggregationKey {
    /// `includeSegmentId`.
    pub segment_id: bool,
    /// `includeSegmentStatus`; needs `segment_id`.
    pub segment_status: bool,
    /// `includeIdentity`.
    pub identity: bool,
    /// `oneIdentityPerGroup`.
    pub one_identity_per_group: bool,
    /// `groups[].namespaces`; not used when `one_identity_per_group` is set.
    pub groups: Vec<Vec<String>>,
}

/// Which answers Platform retries (reference 6.2). Failures without an answer are in no list and are not retried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryClass {
    /// 403, 408, 409, 429, 500, 502, 503, 504.
    BestEffort,
    /// 420, 429 and everything greater than 500.
    Configurable,
}

impl RetryClass {
    /// Whether a status is retried.
    pub fn retries(self, status: u16) -> bool {
        match self {
            Self::BestEffort => {
                matches!(status, 403 | 408 | 409 | 429 | 500 | 502 | 503 | 504)
            }
            Self::Configurable => matches!(status, 420 | 429) || status > 500,
        }
    }
}

impl Aggregation {
    /// Which answers are retried.
    pub fn retry_class(&self) -> RetryClass {
        match self {
            Aggregation::BestEffort(_) => RetryClass::BestEffort,
            Aggregation::Configurable(_) => RetryClass::Configurable,
        }
    }

    /// Best effort with one profile per message.
    pub fn single() -> Self {
        Aggregation::BestEffort(BestEffort {
            max_users_per_request: 1,
            split_user_by_id: false,
            key: None,
        })
    }

    /// Whether a template reads `input.profile` (one) and not `input.profiles` (reference 5.2).
    pub fn is_single(&self) -> bool {
        match self {
            Aggregation::BestEffort(best) => best.max_users_per_request == 1,
            Aggregation::Configurable(_) => false,
        }
    }

    /// At most so many entries in a message.
    pub fn limit(&self) -> usize {
        match self {
            Aggregation::BestEffort(best) => best.max_users_per_request,
            Aggregation::Configurable(configurable) => configurable.max_events_in_batch,
        }
    }

    /// Whether a profile becomes one entry per identity.
    pub fn split_user_by_id(&self) -> bool {
        match self {
            Aggregation::BestEffort(best) => best.split_user_by_id,
            Aggregation::Configurable(configurable) => configurable.split_user_by_id,
        }
    }

    /// The key, where entries are grouped.
    pub fn key(&self) -> Option<&AggregationKey> {
        match self {
            Aggregation::BestEffort(best) => best.key.as_ref(),
            Aggregation::Configurable(configurable) => Some(&configurable.key),
        }
    }
}
