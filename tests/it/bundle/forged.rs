//! Bundles of which a part was changed and everything that vouches for it was made to fit.

use std::collections::BTreeMap;

use destspec::model::digest::Digest;
use destspec::model::record::{Run, plan};
use destspec::publish::bundle::statement::Statement;
use destspec::publish::bundle::{RECORD, SIGNATURES, STATEMENT, SUMS, sums, zip};
use destspec::review::check::Decision;
use serde_json::{Value, json};

use super::{LENIENT, failing, files, packed, reviewed, small, whole};

type Files = BTreeMap<String, Vec<u8>>;

/// The files with sums and a statement that fit them, packed.
pub fn summed_again(mut files: Files, run: &Run) -> Vec<u8> {
    files.remove(STATEMENT);
    files.remove(SUMS);
    let vouched = files
        .iter()
        .filter(|(name, _)| !name.starts_with(SIGNATURES));
    let digests = vouched.map(|(name, bytes)| (name.clone(), Digest::hash(bytes)));
    let sums = sums::render(&digests.collect());
    let statement = Statement::of(run, Digest::hash(&sums)).render().unwrap();
    files.insert(SUMS.to_owned(), sums.into_bytes());
    files.insert(STATEMENT.to_owned(), statement.into_bytes());
    zip::write(&files).unwrap()
}

/// The run with a change made by hand, and its plan made to fit.
pub fn edited(run: &Run, edit: impl Fn(&mut Value)) -> Run {
    let mut value = serde_json::to_value(run).unwrap();
    edit(&mut value);
    let mut run: Run = serde_json::from_value(value).unwrap();
    run.plan = plan(&run);
    run
}

/// The place of a scenario that passed by more than a status.
fn passed(run: &Value, id: &str) -> usize {
    let mut all = run["scenarios"].as_array().unwrap().iter();
    all.position(|s| s["id"] == id && s["outcome"]["is"] == "passed")
        .unwrap()
}

const LEAVES: &str = "STR-1a.07/leaves";

/// What the scenario that is edited asked first.
pub fn exchange(run: &mut Value) -> &mut Value {
    let at = passed(run, LEAVES);
    &mut run["scenarios"][at]["exchanges"][0]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_record_is_refused_when_it_is_judged_again() {
    type Edit = fn(&mut Value);
    let edits: [(&str, &str, Edit); 12] = [
        ("an outcome", "F3", |run| {
            let at = passed(run, LEAVES);
            run["scenarios"][at]["outcome"] = json!({"is": "passed", "strength": "status-only"});
        }),
        ("a reason to leave out", "F3", |run| {
            let mut all = run["scenarios"].as_array_mut().unwrap().iter_mut();
            let one = all.find(|s| s["outcome"]["is"] == "omitted").unwrap();
            one["outcome"]["filtered"] = json!(one["outcome"]["filtered"] != json!(true));
        }),
        ("a scenario left out", "F3", |run| {
            let at = passed(run, LEAVES);
            run["scenarios"].as_array_mut().unwrap().remove(at);
        }),
        ("a level", "F3", |run| {
            let at = passed(run, LEAVES);
            run["scenarios"][at]["level"] = json!("may");
        }),
        ("an exchange left out", "F3", |run| {
            let at = passed(run, LEAVES);
            let exchanges = run["scenarios"][at]["exchanges"].as_array_mut();
            exchanges.unwrap().remove(0);
        }),
        ("a request", "F3", |run| {
            let url = &mut exchange(run)["act"]["http"]["request"]["url"];
            *url = json!(format!("{}/x", url.as_str().unwrap()));
        }),
        ("an answer", "F3", |run| {
            exchange(run)["act"]["http"]["result"]["answer"]["status"] = json!(500);
        }),
        ("the seed", "F3", |run| run["seed"] = json!(4711)),
        ("the id of the run", "F3", |run| run["id"] = json!("other")),
        ("a requirement", "F3", |run| {
            run["requirements"][0]["level"] = json!("may");
        }),
        ("the partner", "F3", |run| {
            run["partner"]["name"] = json!("Somebody Else");
        }),
        ("a posted file", "F3", |run| {
            let text = &mut run["sources"][1]["text"];
            *text = json!(text.as_str().unwrap().replace("POST", "PUT"));
        }),
    ];
    let run = small().await;
    for (what, check, edit) in edits {
        let run = edited(run, edit);
        let review = reviewed(&packed(&run), LENIENT).await;
        assert_eq!(
            review.decision,
            Decision::Forged,
            "{what}: {:?}",
            review.checks
        );
        assert!(
            failing(&review).contains(&check),
            "{what}: {:?}",
            failing(&review)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_digest_of_a_posted_file_cannot_be_made_up() {
    let run = edited(small().await, |run| {
        let digest = json!(Digest::hash("another").to_string());
        let mut all = run["sources"].as_array_mut().unwrap().iter_mut();
        let open = all.find(|s| !s["text"].as_str().unwrap().contains('⟦'));
        let open = open.unwrap();
        let was = open["sha256"].clone();
        open["sha256"] = digest.clone();
        for file in run["destinations"][0]["files"].as_array_mut().unwrap() {
            if file["value"] == was {
                file["value"] = digest.clone();
            }
        }
    });
    let review = reviewed(&packed(&run), LENIENT).await;
    assert!(failing(&review).contains(&"B6"), "{:?}", failing(&review));
    assert_eq!(review.decision, Decision::Forged);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_from_nothing_has_no_place_in_a_record() {
    type Edit = fn(&mut Value);
    let edits: [(&str, &str, Edit); 8] = [
        ("a file that is not named", "F3", |run| {
            let file = json!({"name": "x", "sha256": Digest::hash("x").to_string(), "text": "x"});
            run["sources"].as_array_mut().unwrap().push(file);
        }),
        ("a second file of a name", "F3", |run| {
            let again = run["sources"][1].clone();
            run["sources"].as_array_mut().unwrap().push(again);
        }),
        ("a host that was never asked", "F3", |run| {
            let all = run["destinations"][0]["connections"]
                .as_array_mut()
                .unwrap();
            all.push(
                json!({"origin": "https://zz.adobe.example", "addresses": [], "connected": true}),
            );
        }),
        ("a mark of no secret", "B6", |run| {
            let text = run["sources"][0]["text"].as_str().unwrap();
            run["sources"][0]["text"] = json!(format!("{text}\n# ⟦secret:x⟧\n"));
        }),
        ("an exchange after the end", "F6", |run| {
            exchange(run)["at_ms"] = json!(9_999_999);
        }),
        ("an exchange that takes longer than all", "F6", |run| {
            exchange(run)["duration_us"] = json!(u64::MAX);
        }),
        ("a scenario after the end", "F6", |run| {
            let at = passed(run, LEAVES);
            run["scenarios"][at]["at_ms"] = json!(u64::MAX);
        }),
        ("a lane that goes back", "F6", |run| {
            let at = passed(run, LEAVES);
            let began = run["scenarios"][at]["at_ms"].as_u64().unwrap();
            run["duration_ms"] = json!(began + 90_000);
            run["scenarios"][at]["duration_ms"] = json!(80_000);
            exchange(run)["at_ms"] = json!(began + 70_000);
        }),
    ];
    for (what, check, edit) in edits {
        let run = edited(small().await, edit);
        let review = reviewed(&packed(&run), LENIENT).await;
        assert!(
            failing(&review).contains(&check),
            "{what}: {:?}",
            review.checks
        );
        assert_eq!(review.decision, Decision::Forged, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_hides_its_filter_is_refused() {
    let hidden = |run: &mut Value| {
        run.as_object_mut().unwrap().remove("selection");
    };
    let run = edited(small().await, hidden);
    let review = reviewed(&packed(&run), LENIENT).await;
    assert!(failing(&review).contains(&"D6"), "{:?}", failing(&review));
    assert_eq!(review.decision, Decision::NotConformant);
    let run = edited(small().await, |run| {
        hidden(run);
        for scenario in run["scenarios"].as_array_mut().unwrap() {
            if scenario["outcome"]["filtered"] == json!(true) {
                scenario["outcome"]["filtered"] = json!(false);
            }
        }
    });
    let review = reviewed(&packed(&run), LENIENT).await;
    assert!(failing(&review).contains(&"F3"), "{:?}", failing(&review));
    assert_eq!(review.decision, Decision::Forged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_follow_from_the_record_is_refused() {
    let run = small().await;
    let good = files(run);
    let har = good.keys().find(|name| name.ends_with(".har")).unwrap();
    for (name, check, decision) in [
        (har.as_str(), "B5", Decision::Forged),
        ("README.txt", "B5", Decision::Forged),
        ("submission/index.json", "B5", Decision::Forged),
        ("edition/requirements.toml", "D3", Decision::Refused),
        (
            "edition/streaming/membership.feature",
            "D3",
            Decision::Refused,
        ),
    ] {
        let changed = |change: fn(&mut Vec<u8>)| {
            let mut files = good.clone();
            change(files.get_mut(name).unwrap());
            summed_again(files, run)
        };
        let longer = changed(|bytes| bytes.push(b' '));
        let gone = {
            let mut files = good.clone();
            files.remove(name);
            summed_again(files, run)
        };
        let more = {
            let mut files = good.clone();
            files.insert(format!("{}.more", name.to_lowercase()), Vec::new());
            summed_again(files, run)
        };
        for archive in [longer, gone, more] {
            let review = reviewed(&archive, LENIENT).await;
            assert!(
                failing(&review).contains(&check),
                "{name}: {:?}",
                failing(&review)
            );
            assert_eq!(review.decision, decision, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_link_of_the_chain_is_refused_where_it_breaks() {
    let good = files(small().await);
    let text = |name: &str| String::from_utf8(good[name].clone()).unwrap();
    let cases: [(&str, String, &str); 9] = [
        (SUMS, text(SUMS).replacen('a', "b", 1), "B4"),
        (SUMS, text(SUMS).replace('\n', "\r\n"), "B1"),
        (SUMS, text(SUMS) + &text(SUMS), "B1"),
        (RECORD, text(RECORD) + " ", "B4"),
        (STATEMENT, text(STATEMENT) + " ", "F2"),
        (
            STATEMENT,
            text(STATEMENT).replace("\"incomplete\"", "\"conformant\""),
            "F2",
        ),
        (
            STATEMENT,
            text(STATEMENT).replace("\"seed\": 0", "\"seed\": 0, \"seed\": 1"),
            "B2",
        ),
        (
            STATEMENT,
            text(STATEMENT).replace("\"format\": 1", "\"format\": 2"),
            "B2",
        ),
        (
            STATEMENT,
            text(STATEMENT).replace("\"seed\": 0", "\"seed\": 0, \"extra\": 1"),
            "B2",
        ),
    ];
    for (name, changed, check) in cases {
        assert_ne!(changed, text(name), "{name} {check}");
        let mut files = good.clone();
        files.insert(name.to_owned(), changed.into_bytes());
        let review = reviewed(&zip::write(&files).unwrap(), LENIENT).await;
        let failing = failing(&review);
        assert!(failing.contains(&check), "{name}: {failing:?}");
        let refused = [Decision::Forged, Decision::Malformed];
        assert!(refused.contains(&review.decision), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_is_read_once_and_in_one_way() {
    let run = small().await;
    let good = files(run);
    let text = String::from_utf8(good[RECORD].clone()).unwrap();
    let twice = text.replacen("\"seed\": 0,", "\"seed\": 0, \"seed\": 0,", 1);
    let unknown = text.replacen("\"seed\": 0,", "\"seed\": 0, \"approved\": true,", 1);
    let compact: Value = serde_json::from_str(&text).unwrap();
    for (changed, check) in [
        (twice, "F1"),
        (unknown, "F1"),
        (format!("\u{feff}{text}"), "F1"),
        (compact.to_string(), "B5"),
        (text.replacen("\"format\": 2", "\"format\": 3", 1), "F1"),
    ] {
        assert_ne!(changed, text);
        let mut files = good.clone();
        files.insert(RECORD.to_owned(), changed.into_bytes());
        let review = reviewed(&summed_again(files, run), LENIENT).await;
        let failing = failing(&review);
        assert!(failing.contains(&check), "{check}: {failing:?}");
        let refused = [Decision::Forged, Decision::Malformed];
        assert!(refused.contains(&review.decision), "{check}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_like_a_secret_is_refused_wherever_it_was_answered() {
    for secret in [
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "Bearer 0123456789abcdef0123456789",
        "AccountKey=0123456789abcdef0123456789abcdef0123456789abcdef",
    ] {
        let run = edited(small().await, |run| {
            let answer = &mut exchange(run)["act"]["http"]["result"]["answer"];
            answer["headers"] = json!([["x-debug", secret]]);
        });
        let review = reviewed(&packed(&run), LENIENT).await;
        assert!(failing(&review).contains(&"H1"), "{secret}");
        let shown = destspec::review::report::terminal(&review);
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expression_that_nests_without_end_is_refused_and_not_followed() {
    for tags in ["(".repeat(20_000), vec!["@a"; 5_000].join(" or ")] {
        let run = edited(small().await, |run| {
            run["selection"]["tags"] = tags.clone().into();
        });
        let review = reviewed(&packed(&run), LENIENT).await;
        assert_eq!(review.decision, Decision::Forged);
        assert!(failing(&review).contains(&"F3"), "{:?}", failing(&review));
    }
}

/// The run as that version asks it.
fn said_by(run: &Value, version: &str) -> Value {
    let agent = |version: &str| format!("\"User-Agent\",\"destspec/{version}\"");
    let text = run.to_string();
    let text = text.replace(&agent(env!("CARGO_PKG_VERSION")), &agent(version));
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_the_policy_takes_is_another_and_the_same_suite() {
    let run = edited(whole().await, |run| {
        run["destspec"] = "0.0.9".into();
        *run = said_by(run, "0.0.9");
    });
    let policy = format!("{LENIENT}[harness]\nversions = [\"0.0.9\"]\n");
    let review = reviewed(&packed(&run), &policy).await;
    assert_eq!(failing(&review), [""; 0]);
    let review = reviewed(&packed(&run), LENIENT).await;
    assert_eq!(failing(&review), ["D4"]);
}
