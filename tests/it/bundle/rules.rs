//! The rules of a review as scenarios: `features/review/` with phrases of its own, against good and bad bundles.
#![expect(clippy::panic, reason = "tests may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use destspec::model::challenge::Challenge;
use destspec::model::record::Run;
use destspec::publish::bundle::signature::sign;
use destspec::publish::bundle::{PARTNER, STATEMENT, zip};
use destspec::review::check::Decision;
use destspec::review::policy::Policy;
use destspec::review::signature::signers;
use destspec::review::{Review, Reviewer, review};
use gherkin::{Feature, GherkinEnv, Step};
use regex::Regex;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::edits::{looping, remove, set, spoilt, stated_until};
use super::forged::{edited, exchange, summed_again};
use super::signed::{WHO, issued, private, public};
use super::{AT, LENIENT, certified, control, failing, files, repeated, small, trusting, whole};
use crate::support::judged::{all_at_once, alone, dated};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/features/review");

/// A bundle in the making, and who reviews it.
struct World {
    run: Run,
    files: Option<BTreeMap<String, Vec<u8>>>,
    archive: Option<Vec<u8>>,
    policy: toml::Table,
    challenge: Option<String>,
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
        "a bundle of a run that may try no wrong credentials",
        Does::Begin("trusting"),
    ),
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
        "the reviewer names a challenge of (\\d+) repetitions?",
        Does::Act(|world, said| {
            let repetitions = said[0].parse().unwrap();
            let challenge = Challenge {
                repetitions,
                ..issued("0a")
            };
            world.challenge = Some(serde_json::to_string(&challenge).unwrap());
        }),
    ),
    (
        "its hosts are said to have dated their answers \"(.*)\"",
        Does::Act(|world, said| world.run = dated(&world.run, said[0])),
    ),
    (
        "what was posted is said to hold the mark of a secret",
        Does::Act(|world, _| {
            world.run = edited(&world.run, |run| {
                let text = run["sources"][0]["text"].as_str().unwrap();
                let marked = format!("{text}# \u{27e6}secret:token\u{27e7}\n");
                run["sources"][0]["text"] = json!(marked);
            });
        }),
    ),
    (
        "its partner stated everything until \"(.*)\"",
        Does::Act(|world, said| world.run = stated_until(&world.run, said[0])),
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
            challenge: None,
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
            challenge: self.challenge.clone(),
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
        "trusting" => trusting().await,
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
