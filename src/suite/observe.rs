//! Asks a destination what it stored of the people of a scenario, as often as the submission gives it time.

use std::time::Duration;

use rand::RngExt;
use rand_chacha::ChaCha20Rng;

use crate::judge::{paging, stored};
use crate::model::profile::Profile;
use crate::model::record::{Answer, Exchange, ExchangeRef, Purpose};
use crate::model::submission::Observation;
use crate::suite::evidence::{Person, Stored};
use crate::suite::history;
use crate::suite::parameter::Part;
use crate::suite::stop::Stop;
use crate::suite::subject::Streaming;
use crate::suite::world::World;
use crate::wire::{Request, Session};

/// Every profile of a full batch would be thousands of questions: so many are asked for, spread over the batch, and who
/// stands where bulk writes are divided.
const OBSERVED: usize = 12;

/// People of a large batch who are asked for besides, anywhere in it.
const ANYWHERE: usize = 8;

/// Sizes in which people divide bulk writes: what is off by one loses the last of a part or the first of the next.
const PARTS: [usize; 16] = [
    10, 16, 20, 25, 32, 50, 64, 100, 128, 200, 250, 256, 500, 512, 1000, 1024,
];

/// Pages of one answer that are asked for at most.
const PAGES: usize = 100;

/// What is asked, and how its answer is paged, if it is.
#[derive(Clone, Copy)]
struct Question<'a> {
    url: &'a str,
    paged: Option<&'a Observation>,
}

/// Asks what is stored of everyone, or of people spread over a large message; of nobody where a message was refused.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn observe(world: &mut World) -> Result<(), Stop> {
    let session = world.session()?;
    let deliveries = world.scene()?.deliveries.clone();
    if !deliveries.iter().all(|which| is_accepted(&session, *which)) {
        return Ok(());
    }
    let people = spread(people(world)?, &mut session.rng("asked about"));
    ask_about(world, people.clone()).await?;
    ask_by_other_identities(world, people).await
}

/// Asks by their other identities about people who have left every audience: an exit is that of a person, whichever
/// identity finds it.
async fn ask_by_other_identities(world: &mut World, people: Vec<Person>) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let Some(observation) = subject.observation(Part::Membership) else {
        return Ok(());
    };
    let mut left = subject.destination.observe.within;
    let gone = people
        .into_iter()
        .filter(|person| person.profile.is_in_none());
    for (person, profile) in gone.flat_map(by_other_identities) {
        let Some((part, url)) = membership_question(&subject, &profile) else {
            continue;
        };
        let question = Question {
            url: &url,
            paged: Some(observation),
        };
        let is_gone = |pages: &[&Exchange]| !is_listed(&subject, observation, &profile, pages);
        let pages = settled(&session, question, is_gone, &mut left).await?;
        let person = Person { profile, ..person };
        world.scene()?.others.push(Stored {
            part,
            person,
            pages,
        });
    }
    Ok(())
}

fn by_other_identities(person: Person) -> Vec<(Person, Profile)> {
    let profiles = person.profile.by_other_identities().into_iter();
    profiles.map(|profile| (person.clone(), profile)).collect()
}

fn membership_question(subject: &Streaming, profile: &Profile) -> Option<(Part, String)> {
    let mut questions = subject.questions(profile).into_iter();
    questions.find(|(part, _)| *part == Part::Membership)
}

fn is_listed(
    subject: &Streaming,
    observation: &Observation,
    profile: &Profile,
    pages: &[&Exchange],
) -> bool {
    let mut left = profile.memberships();
    left.any(|(namespace, id, _)| stored::lists(pages, observation, &subject.alias(namespace, id)))
}

/// Asks what is stored of everyone whose messages were all accepted.
///
/// # Errors
/// Only in a replay, when the record holds something else.
pub async fn observe_everyone(world: &mut World) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let people = people(world)?;
    let mut asked = Vec::new();
    for person in people {
        if is_all_accepted(&subject, &session, &person.profile) {
            asked.push(person);
        }
    }
    ask_about(world, asked).await
}

/// Whether every message that names the profile was accepted.
fn is_all_accepted(subject: &Streaming, session: &Session, profile: &Profile) -> bool {
    let stored = subject.as_stored(profile);
    let names: Vec<&str> = stored
        .iter()
        .flat_map(|part| part.identities().map(|(_, id)| id))
        .collect();
    let refused = session.exchanges().into_iter().filter(|exchange| {
        exchange.purpose == Purpose::Delivery && !exchange.answer().is_some_and(Answer::is_success)
    });
    let about = |exchange: &Exchange| {
        let body = exchange.request().and_then(|request| request.body.text());
        body.is_none_or(|body| names.iter().any(|name| body.contains(name)))
    };
    !refused.into_iter().any(|exchange| about(&exchange))
}

/// Everyone as they have to be stored now, each by the place in the message.
fn people(world: &mut World) -> Result<Vec<Person>, Stop> {
    let scene = world.scene()?;
    scene.expected = history::accepted(&scene.expected, &scene.profiles);
    let of = scene.expected.len();
    let person = |(place, profile): (usize, &Profile)| Person {
        place: place + 1,
        of,
        profile: profile.clone(),
    };
    Ok(scene.expected.iter().enumerate().map(person).collect())
}

/// All of a few; of many the first, the last, and others [spread over them](OBSERVED).
fn spread(people: Vec<Person>, rng: &mut ChaCha20Rng) -> Vec<Person> {
    let last = people.len().saturating_sub(1);
    if people.len() <= OBSERVED {
        return people;
    }
    let evenly = (0..OBSERVED).map(|i| i * last / (OBSERVED - 1));
    let divided = PARTS.into_iter().flat_map(|part| [part - 1, part]);
    let anywhere = (0..ANYWHERE).map(|_| rng.random_range(0..=last));
    let wanted: Vec<usize> = evenly.chain(divided).chain(anywhere).collect();
    let people = people.into_iter().enumerate();
    people
        .filter(|(place, _)| wanted.contains(place))
        .map(|(_, person)| person)
        .collect()
}

async fn ask_about(world: &mut World, people: Vec<Person>) -> Result<(), Stop> {
    let (subject, session) = (world.streaming()?, world.session()?);
    let mut left = subject.destination.observe.within;
    let mut round = Vec::new();
    for person in people {
        for profile in subject.as_stored(&person.profile) {
            let person = Person {
                profile,
                ..person.clone()
            };
            round.extend(ask(&subject, &session, &person, &mut left).await?);
        }
    }
    world.scene()?.rounds.push(round);
    Ok(())
}

async fn ask(
    subject: &Streaming,
    session: &Session,
    person: &Person,
    left: &mut Duration,
) -> Result<Vec<Stored>, Stop> {
    let questions = subject.questions(&person.profile);
    let mut answers = Vec::new();
    for (at, (_, url)) in questions.iter().enumerate() {
        let same = |(_, other): &&(Part, String)| other == url;
        if questions[..at].iter().any(|other| same(&other)) {
            continue;
        }
        let parts: Vec<Part> = questions
            .iter()
            .filter(same)
            .map(|(part, _)| *part)
            .collect();
        let asked_for = || parts.iter().filter_map(|part| subject.observation(*part));
        let paged = asked_for().find(|observation| observation.next.is_some());
        let question = Question {
            url,
            paged: paged.or_else(|| asked_for().next()),
        };
        let agrees = |pages: &[&Exchange]| {
            parts
                .iter()
                .all(|part| agrees(subject, *part, &person.profile, pages))
        };
        let pages = settled(session, question, agrees, left).await?;
        answers.extend(parts.iter().map(|part| Stored {
            part: *part,
            person: person.clone(),
            pages: pages.clone(),
        }));
    }
    Ok(answers)
}

fn agrees(subject: &Streaming, part: Part, profile: &Profile, pages: &[&Exchange]) -> bool {
    let alias = |namespace: &str, id: &str| subject.alias(namespace, id);
    let observation = subject.observation(part);
    observation.is_none_or(|observation| {
        stored::as_sent(pages, (part, observation), profile, alias).is_ok()
    })
}

/// Asks until the answer agrees or no time is left: what was accepted may be stored later. Only pauses count, so that a
/// replay asks as often.
async fn settled(
    session: &Session,
    question: Question<'_>,
    agrees: impl Fn(&[&Exchange]) -> bool,
    left: &mut Duration,
) -> Result<Vec<ExchangeRef>, Stop> {
    let mut pause = Duration::from_millis(50);
    loop {
        let asked = pages(session, question).await?;
        let found: Vec<_> = asked.iter().filter_map(|a| session.exchange(*a)).collect();
        let found: Vec<&Exchange> = found.iter().map(AsRef::as_ref).collect();
        // what is spoilt another question would not show again, and to a dead host none is put
        let is_unsent = found.iter().any(|page| page.is_unsent());
        let is_over = agrees(&found) || stored::is_spoilt(&found) || is_unsent;
        if is_over || left.is_zero() {
            return Ok(asked);
        }
        pause = (pause * 2).min(*left);
        *left -= pause;
        session.pause(pause).await;
    }
}

/// Asks for every page of an answer.
async fn pages(session: &Session, question: Question<'_>) -> Result<Vec<ExchangeRef>, Stop> {
    let (mut asked, mut url) = (Vec::new(), question.url.to_owned());
    loop {
        let page = session
            .send(Request::question(&url, "application/json"))
            .await?;
        asked.push(page);
        let next = session
            .exchange(page)
            .and_then(|exchange| paging::next(exchange.answer()?, question.paged?, &url));
        match next.filter(|_| asked.len() < PAGES) {
            Some(next) => url = next,
            None => return Ok(asked),
        }
    }
}

fn is_accepted(session: &Session, which: ExchangeRef) -> bool {
    let exchange = session.exchange(which);
    exchange.is_some_and(|e| e.answer().is_some_and(Answer::is_success))
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn of_a_large_batch_the_ends_of_it_and_of_its_parts_are_asked_for() {
        let person = |place| Person {
            place,
            of: 1000,
            profile: Profile::new(),
        };
        let rng = &mut ChaCha20Rng::seed_from_u64(7);
        let asked = spread((1..=1000).map(person).collect(), rng);
        let places: Vec<usize> = asked.iter().map(|p| p.place).collect();
        assert!(places.len() <= OBSERVED + 2 * PARTS.len() + ANYWHERE);
        assert_eq!((places[0], places.last()), (1, Some(&1000)));
        for place in [100, 101, 250, 251, 512, 513] {
            assert!(places.contains(&place), "{place}");
        }
    }

    #[test]
    fn of_a_small_batch_everyone_is_asked_for() {
        let person = |place| Person {
            place,
            of: OBSERVED,
            profile: Profile::new(),
        };
        let rng = &mut ChaCha20Rng::seed_from_u64(7);
        let asked = spread((1..=OBSERVED).map(person).collect(), rng);
        assert_eq!(asked.len(), OBSERVED);
    }
}
