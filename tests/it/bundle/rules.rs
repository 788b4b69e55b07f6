//! The rules of a review as scenarios: `features/review/` with phrases of its own, against good and bad bundles.
#![expect(
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "tests may panic, and JSON has kinds enough"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use destspec::model::digest::Digest;
use destspec::model::record::Run;
use destspec::publish::bundle::signature::sign;
use destspec::publish::bundle::{PARTNER, STATEMENT, zip};
use destspec::review::check::Decision;
use destspec::review::container::{Container, Limits};
use destspec::review::policy::Policy;
use destspec::review::signature::signers;
use destspec::review::{Review, Reviewer, review};
use gherkin::{Feature, GherkinEnv, Step};
use regex::Regex;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::forged::{edited, exchange, summed_again};
use super::signed::{WHO, private, public};
use super::{AT, LENIENT, certified, control, failing, files, repeated, small, whole};
use crate::support::judged::{all_at_once, alone};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/features/review");

/// A bundle in the making, and who reviews it.
struct World {
    run: Run,
    files: Option<BTreeMap<String, Vec<u8>>>,
    archive: Option<Vec<u8>>,
    policy: toml::Table,
    at: String,
    review: OnceCell<Review>,
}

type Act = fn(&mut World, &[&str]);
type Judge = fn(&Review, &[&str]);

/// What a phrase does.
enum Does {
    /// Begins with one of the runs.
    Begin(&'static str),
    Act(Act),
    Judge(Judge),
}

const PHRASES: &[(&str, Does)] = &[
    ("a bundle of a conformant run", Does::Begin("whole")),
    ("a bundle of three scenarios of a run", Does::Begin("small")),
    ("a bundle of a certified run", Does::Begin("certified")),
    (
        "a bundle of a run whose challenge asks for a proof of control",
        Does::Begin("control"),
    ),
    (
        "a bundle of a run that its challenge asks for twice",
        Does::Begin("repeated"),
    ),
    (
        "its host served (.*) as the proof",
        Does::Act(|world, said| {
            let (status, text) = control::answer(&world.run, said[0]);
            world.run = edited(&world.run, |run| {
                let asked = &mut run["destinations"][0]["control"][0]["act"]["http"];
                let answer = &mut asked["result"]["answer"];
                answer["status"] = json!(status);
                answer["body"] = json!({"text": text});
            });
        }),
    ),
    (
        "its challenge names \"(.*)\", and nothing was asked for",
        Does::Act(|world, said| {
            let hosts: Vec<String> = control::named(&world.run, said[0]);
            world.run = edited(&world.run, |run| {
                let text = run["challenge"].as_str().unwrap();
                let mut challenge: Value = serde_json::from_str(text).unwrap();
                challenge["control_proof"] = json!(hosts);
                run["challenge"] = json!(challenge.to_string());
                run["destinations"][0]["control"] = json!([]);
            });
        }),
    ),
    (
        "a policy with \"(.*)\"",
        Does::Act(|world, said| {
            let setting: toml::Table = said[0].replace('\'', "\"").parse().unwrap();
            merge(&mut world.policy, setting);
        }),
    ),
    (
        "its archive is (.*)",
        Does::Act(|world, said| {
            let good = world.packed();
            world.archive = Some(spoilt(&good, said[0]));
        }),
    ),
    (
        "it holds a file called \"(.*)\"",
        Does::Act(|world, said| {
            world.files().insert(said[0].to_owned(), b"x".to_vec());
        }),
    ),
    (
        "its file \"(.*)\" is (longer|gone|added)",
        Does::Act(|world, said| {
            let files = world.files();
            match said[1] {
                "longer" => files.get_mut(said[0]).unwrap().push(b' '),
                "gone" => assert!(files.remove(said[0]).is_some()),
                _ => assert!(files.insert(said[0].to_owned(), Vec::new()).is_none()),
            }
        }),
    ),
    (
        "everything is summed again",
        Does::Act(|world, _| {
            let files = world.files().clone();
            world.archive = Some(summed_again(files, &world.run));
        }),
    ),
    (
        "its statement says (.*) at \"(.*)\"",
        Does::Act(|world, said| {
            let text = world.files()[STATEMENT].clone();
            let mut value: Value = serde_json::from_slice(&text).unwrap();
            set(&mut value, said[1], serde_json::from_str(said[0]).unwrap());
            let text = format!("{}\n", serde_json::to_string_pretty(&value).unwrap());
            world
                .files()
                .insert(STATEMENT.to_owned(), text.into_bytes());
        }),
    ),
    (
        "it is signed by (nobody|a stranger|the partner) in \"(.*)\"",
        Does::Act(|world, said| {
            let key = match said[0] {
                "nobody" => return,
                "a stranger" => private(2),
                _ => private(1),
            };
            let statement = world.files()[STATEMENT].clone();
            let signature = sign(&key, said[1], &statement).unwrap();
            world
                .files()
                .insert(PARTNER.to_owned(), signature.into_bytes());
        }),
    ),
    (
        "its record says (.*) at \"(.*)\"",
        Does::Act(|world, said| {
            let new: Value = serde_json::from_str(said[0]).unwrap();
            world.run = edited(&world.run, |run| set(run, said[1], new.clone()));
        }),
    ),
    (
        "its record lacks \"(.*)\"",
        Does::Act(|world, said| {
            world.run = edited(&world.run, |run| remove(run, said[0]));
        }),
    ),
    (
        "the first scenario that does not apply gets another reason",
        Does::Act(|world, _| {
            world.run = edited(&world.run, |run| {
                let mut all = run["scenarios"].as_array_mut().unwrap().iter_mut();
                let one = all.find(|s| s["outcome"]["is"] == "omitted").unwrap();
                one["outcome"]["reason"]["code"] = json!("omitted.no-manifest");
            });
        }),
    ),
    (
        "it is reviewed on \"(.*)\"",
        Does::Act(|world, said| world.at = said[0].to_owned()),
    ),
    (
        "the destination is said to have answered with \"(.*)\"",
        Does::Act(|world, said| {
            world.run = edited(&world.run, |run| {
                let answer = &mut exchange(run)["act"]["http"]["result"]["answer"];
                answer["headers"] = json!([["x-debug", said[0]]]);
            });
        }),
    ),
    (
        "the template of its messages loops (\\d+) times",
        Does::Act(|world, said| {
            let times: usize = said[0].parse().unwrap();
            world.run = edited(&world.run, |run| looping(run, times));
        }),
    ),
    (
        "the (partner|destination|signatory) is called (\".*\")",
        Does::Act(|world, said| {
            let name: Value = serde_json::from_str(said[1]).unwrap();
            world.run = edited(&world.run, |run| match said[0] {
                "partner" => run["partner"]["name"] = name.clone(),
                "destination" => run["destinations"][0]["version"] = name.clone(),
                _ => run["attestations"][0]["by"] = name.clone(),
            });
        }),
    ),
    (
        "check \"(.*)\" holds",
        Does::Judge(|review, said| assert!(!failing(review).contains(&said[0]))),
    ),
    (
        "no check fails",
        Does::Judge(|review, _| {
            assert_eq!(failing(review), [""; 0], "{:#?}", review.checks);
        }),
    ),
    (
        "check \"(.*)\" fails",
        Does::Judge(|review, said| {
            let failing = failing(review);
            assert!(
                failing.contains(&said[0]),
                "{failing:?}: {:#?}",
                review.checks
            );
        }),
    ),
    (
        "the review ends with \"(.*)\"",
        Does::Judge(|review, said| {
            let decision: Decision = serde_json::from_value(json!(said[0])).unwrap();
            assert_eq!(review.decision, decision, "{:#?}", review.checks);
        }),
    ),
];

impl World {
    fn new(run: &Run) -> Self {
        Self {
            run: run.clone(),
            files: None,
            archive: None,
            policy: LENIENT.parse().unwrap(),
            at: AT.to_owned(),
            review: OnceCell::new(),
        }
    }

    fn files(&mut self) -> &mut BTreeMap<String, Vec<u8>> {
        self.files.get_or_insert_with(|| files(&self.run))
    }

    fn packed(&mut self) -> Vec<u8> {
        zip::write(self.files()).unwrap()
    }

    async fn reviewed(&mut self) -> &Review {
        if self.review.initialized() {
            return self.review.get().unwrap();
        }
        let archive = match self.archive.take() {
            Some(archive) => archive,
            None => self.packed(),
        };
        let mut policy = Policy::parse(&self.policy.to_string()).unwrap();
        policy.signature.principals = vec![WHO.to_owned()];
        let reviewer = Reviewer {
            policy,
            signers: signers(&format!("{WHO} {}", public(1))).unwrap(),
            challenge: None,
            ledger: Vec::new(),
            at: self.at.parse().unwrap(),
        };
        let review = async || review(&archive, &reviewer).await;
        self.review.get_or_init(review).await
    }
}

fn merge(into: &mut toml::Table, from: toml::Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(into)), toml::Value::Table(from)) => merge(into, from),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

fn spoilt(good: &[u8], how: &str) -> Vec<u8> {
    match how {
        "cut short" => good[..good.len() - 1].to_vec(),
        "followed by a byte" => [good, b"\n"].concat(),
        "preceded by a byte" => [b"\n", good].concat(),
        "joined to another" => [good, good].concat(),
        "empty" => Vec::new(),
        "changed in a header" => {
            let mut bytes = good.to_vec();
            bytes[14] ^= 1;
            bytes
        }
        "deflated otherwise" => deflated_otherwise(good),
        other => panic!("unknown change: {other}"),
    }
}

/// Puts a loop that writes nothing before each body of a message, and sums up what is posted again.
fn looping(run: &mut Value, times: usize) {
    let list = vec!["x"; times].join(",");
    let open = format!("{{% for i in '{list}' | split(',') %}}");
    let work = format!("{open}{open}{{% endfor %}}{{% endfor %}}");
    let mut found = false;
    for source in run["sources"].as_array_mut().unwrap() {
        let text = source["text"].as_str().unwrap();
        let Ok(mut server) = serde_json::from_str::<Value>(text) else {
            continue;
        };
        let Some(body) = server.pointer_mut("/httpTemplate/requestBody/value") else {
            continue;
        };
        *body = json!(format!("{work}{}", body.as_str().unwrap()));
        let text = server.to_string();
        source["sha256"] = json!(Digest::hash(&text));
        source["text"] = json!(text);
        found = true;
    }
    assert!(found, "no server of messages");
}

/// The last bit of a deflated file that no reader misses.
fn deflated_otherwise(good: &[u8]) -> Vec<u8> {
    let container = Container::open(good, &Limits::MOST).unwrap();
    let lasts = container.names().map(|name| {
        let (_, kept) = container.kept(name).unwrap();
        (
            name,
            kept.as_ptr_range().end.addr() - good.as_ptr().addr() - 1,
        )
    });
    let mut bytes = lasts.map(|(name, at)| {
        let mut bytes = good.to_vec();
        bytes[at] ^= 0x80;
        (name, bytes)
    });
    let unseen = bytes.find(|(name, bytes)| {
        let other = Container::open(bytes, &Limits::MOST).unwrap();
        other.read(name) == container.read(name)
    });
    unseen.unwrap().1
}

/// A part of a document: keys, places in lists, or the `id`, `name` or `requirement` of what is in a list.
fn part<'a>(value: &'a mut Value, token: &str) -> Option<&'a mut Value> {
    match value {
        Value::Array(all) => {
            let at = place(all, token)?;
            all.get_mut(at)
        }
        Value::Object(all) => all.get_mut(token),
        _ => None,
    }
}

fn place(all: &[Value], token: &str) -> Option<usize> {
    let named = |one: &Value| {
        ["id", "name", "requirement"]
            .iter()
            .any(|key| one[key] == token)
    };
    let by_name = all.iter().position(named);
    by_name.or_else(|| token.parse().ok().filter(|at| *at < all.len()))
}

fn split(path: &str) -> (Vec<&str>, &str) {
    let mut tokens: Vec<&str> = path.split(" > ").collect();
    let last = tokens.pop().unwrap();
    (tokens, last)
}

fn above<'a>(value: &'a mut Value, tokens: &[&str], path: &str) -> &'a mut Value {
    tokens.iter().fold(value, |value, token| {
        part(value, token).unwrap_or_else(|| panic!("{token} of {path} does not exist"))
    })
}

fn set(value: &mut Value, path: &str, new: Value) {
    let (tokens, last) = split(path);
    let parent = above(value, &tokens, path);
    if let Some(old) = part(parent, last) {
        assert_ne!(*old, new, "{path} is so already");
        *old = new;
        return;
    }
    parent.as_object_mut().unwrap().insert(last.to_owned(), new);
}

fn remove(value: &mut Value, path: &str) {
    let (tokens, last) = split(path);
    match above(value, &tokens, path) {
        Value::Array(all) => {
            let at = place(all, last).unwrap();
            all.remove(at);
        }
        parent => assert!(
            parent.as_object_mut().unwrap().remove(last).is_some(),
            "{path}"
        ),
    }
}

/// Every scenario of a feature, its outlines filled in: name and steps.
fn scenarios(feature: &Feature) -> Vec<(String, Vec<Step>)> {
    let mut all = Vec::new();
    for scenario in &feature.scenarios {
        let rows = scenario.examples.iter().filter_map(|e| e.table.as_ref());
        let rows: Vec<_> = rows
            .flat_map(|table| {
                let header = table.rows[0].clone();
                table.rows[1..]
                    .iter()
                    .map(move |row| (header.clone(), row.clone()))
            })
            .collect();
        if rows.is_empty() {
            all.push((scenario.name.clone(), scenario.steps.clone()));
        }
        for (header, row) in rows {
            let fill = |text: &str| {
                let cells = header.iter().zip(&row);
                cells.fold(text.to_owned(), |text, (name, cell)| {
                    text.replace(&format!("<{name}>"), cell)
                })
            };
            let steps = scenario.steps.iter().map(|step| Step {
                value: fill(&step.value),
                ..step.clone()
            });
            all.push((fill(&scenario.name), steps.collect()));
        }
    }
    all
}

async fn begin(with: &str) -> World {
    World::new(match with {
        "whole" => whole().await,
        "small" => small().await,
        "control" => control::run().await,
        "repeated" => repeated::run().await,
        _ => certified::run().await,
    })
}

/// Runs one scenario, and says which phrases it used.
async fn performed(steps: &[Step], table: &[(Regex, &Does)]) -> BTreeSet<usize> {
    let (mut world, mut used) = (None, BTreeSet::new());
    for step in steps {
        let mut matching = table
            .iter()
            .enumerate()
            .filter(|(_, (form, _))| form.is_match(&step.value));
        let (index, (form, does)) = matching
            .next()
            .unwrap_or_else(|| panic!("no phrase: {}", step.value));
        assert!(matching.next().is_none(), "two phrases: {}", step.value);
        used.insert(index);
        let captures = form.captures(&step.value).unwrap();
        let said: Vec<&str> = captures
            .iter()
            .skip(1)
            .map(|c| c.unwrap().as_str())
            .collect();
        match does {
            Does::Begin(with) => world = Some(begin(with).await),
            Does::Act(act) => act(world.as_mut().unwrap(), &said),
            Does::Judge(judge) => judge(world.as_mut().unwrap().reviewed().await, &said),
        }
    }
    let world = world.unwrap();
    assert!(world.review.initialized(), "nothing was reviewed");
    used
}

fn table() -> &'static [(Regex, &'static Does)] {
    static TABLE: OnceLock<Vec<(Regex, &Does)>> = OnceLock::new();
    let compiled =
        |(form, does): &'static (&str, Does)| (Regex::new(&format!("^{form}$")).unwrap(), does);
    TABLE.get_or_init(|| PHRASES.iter().map(compiled).collect())
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "the runner of scenarios keeps panics quiet"
)]
fn every_rule_of_a_review_holds_and_every_phrase_is_used() {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(Path::new(FOLDER)).unwrap() {
        let feature = Feature::parse_path(entry.unwrap().path(), GherkinEnv::default()).unwrap();
        let scenarios = scenarios(&feature).into_iter();
        all.extend(scenarios.map(|(name, steps)| (format!("{}: {name}", feature.name), steps)));
    }
    assert!(all.len() > 90, "{}", all.len());
    let used = Mutex::new(BTreeSet::new());
    let failed = all_at_once(&all, |(name, steps)| {
        let performed = || alone(performed(steps, table()));
        match catch_unwind(AssertUnwindSafe(performed)) {
            Ok(phrases) => {
                used.lock().unwrap().extend(phrases);
                None
            }
            Err(why) => {
                let why = why.downcast_ref::<String>();
                Some(format!("{name}: {}", why.map_or("", String::as_str)))
            }
        }
    });
    println!("{}", failed.join("\n\n"));
    assert!(failed.is_empty(), "{} do not hold", failed.len());
    let used = used.into_inner().unwrap();
    assert_eq!(used.len(), PHRASES.len(), "{used:?}");
}
