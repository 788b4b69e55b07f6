//! Reads `aggregation` (reference 4.7; ranges of reference 10).

use crate::model::rule::Rule;
use crate::model::sdk::aggregation::{Aggregation, AggregationKey, BestEffort, Configurable};
use crate::model::source::fields::Fields;
use crate::model::source::reader::Cursor;

/// Reads `aggregation`; of files it decides nothing, so that nothing is wrong with it.
pub(crate) fn read(cursor: &Cursor<'_>, files: bool) -> Option<Aggregation> {
    let aggregation = read_fields(cursor);
    if files {
        cursor.soften();
    }
    aggregation
}

fn read_fields(cursor: &Cursor<'_>) -> Option<Aggregation> {
    let fields = cursor.object()?;
    let types = [("BEST_EFFORT", true), ("CONFIGURABLE_AGGREGATION", false)];
    let best = fields
        .need("aggregationType")
        .and_then(|c| c.one_of(&types))?;
    let (policy, other) = if best {
        (
            fields.need("bestEffortAggregation"),
            "configurableAggregation",
        )
    } else {
        (
            fields.need("configurableAggregation"),
            "bestEffortAggregation",
        )
    };
    let other = fields.get(other);
    // where its own is missing, the type may be the mistake
    if let Some(other) = other.filter(|_| policy.is_some()) {
        other.warning("has no effect with this `aggregationType`", "take it out");
    }
    fields.finish();
    let fields = policy?.object()?;
    fields.ignore(&["aggregationPolicyId"]);
    let aggregation = if best {
        best_effort(&fields).map(Aggregation::BestEffort)
    } else {
        configurable(&fields).map(Aggregation::Configurable)
    };
    fields.finish();
    aggregation
}

fn flag(fields: &Fields<'_>, key: &'static str) -> bool {
    fields.get(key).and_then(|c| c.bool()).unwrap_or(false)
}

fn best_effort(fields: &Fields<'_>) -> Option<BestEffort> {
    let users = fields.need("maxUsersPerRequest");
    let limit = users.as_ref().and_then(|c| c.integer(1..=100_000));
    if let (Some(users), Some(100..)) = (&users, limit) {
        users.warning(
            "Adobe advises best effort for fewer than 100 profiles in a request",
            "choose `CONFIGURABLE_AGGREGATION` for larger messages",
        );
    }
    Some(BestEffort {
        split_user_by_id: flag(fields, "splitUserById"),
        key: fields.get("aggregationKey").and_then(|c| key(&c)),
        max_users_per_request: size(limit?),
    })
}

fn configurable(fields: &Fields<'_>) -> Option<Configurable> {
    let age = fields.need("maxBatchAgeInSecs");
    let seconds = age
        .as_ref()
        .and_then(|c| c.limited(Rule::Limits, 301..=3600));
    if let (Some(age), Some(301..1800)) = (&age, seconds) {
        age.advice(
            Rule::Limits,
            "older pages and Adobe's API ask for 1800 to 3600 seconds",
            "write 1800 or more to be on the safe side",
        );
    }
    let events = fields.need("maxNumEventsInBatch");
    let events = events.and_then(|c| c.limited(Rule::Limits, 1000..=10_000));
    let split = flag(fields, "splitUserById");
    let key = fields.need("aggregationKey").and_then(|c| key(&c));
    Some(Configurable {
        max_batch_age_seconds: seconds?,
        max_events_in_batch: size(events?),
        split_user_by_id: split,
        key: key?,
    })
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn key(cursor: &Cursor<'_>) -> Option<AggregationKey> {
    let fields = cursor.object()?;
    let groups = fields.get("groups").and_then(|c| c.array());
    let id = fields.get("includeSegmentId");
    let id_set = id.as_ref().map_or(Some(false), |c| c.bool());
    let key = AggregationKey {
        segment_id: id_set.unwrap_or(false),
        segment_status: flag(&fields, "includeSegmentStatus"),
        identity: flag(&fields, "includeIdentity"),
        one_identity_per_group: flag(&fields, "oneIdentityPerGroup"),
        groups: groups.iter().flatten().filter_map(group).collect(),
    };
    if key.segment_status && id_set == Some(false) {
        cursor.error(
            "`includeSegmentStatus` needs `includeSegmentId`",
            "set `includeSegmentId` to `true`",
        );
    }
    fields.finish();
    Some(key)
}

fn group(cursor: &Cursor<'_>) -> Option<Vec<String>> {
    let fields = cursor.object()?;
    let namespaces = fields.need("namespaces").and_then(|c| c.strings());
    fields.finish();
    namespaces
}
