//! The commands that repeat a whole scenario as it was: every request in its order, tokens put where later ones take them.

use url::Url;

use crate::model::record::{Body, Exchange, Purpose, Result as Came, Run, Scenario};
use crate::model::sdk::Family;
use crate::publish::report::alike::{Alike, alike};
use crate::publish::report::curl::{command, quiet};
use crate::publish::report::shell::{Shell, is_embedded};
use crate::publish::report::text;

/// Requests that a script repeats at most: those after them are counted.
const MOST: usize = 40;
/// How a record marks a token that was issued.
const TOKEN: &str = "⟦secret:access_token";
/// What stands between two commands.
const BETWEEN: &str = "\n\n";

/// The commands, in the order of the scenario: what is no HTTP is said in words, and nothing where all of it is none.
pub fn script(run: &Run, scenario: &Scenario) -> Option<String> {
    let shell = Shell::of(run, &scenario.destination);
    let shell = shell.repeating(&scenario.id, &scenario.destination);
    let mut all: Vec<&Exchange> = scenario.exchanges.iter().map(AsRef::as_ref).collect();
    all.sort_by_key(|exchange| (exchange.at_ms, exchange.reference()));
    all.iter().find(|exchange| exchange.request().is_some())?;
    let sent = sent(&all);
    let used = used(&all);
    let mut parts: Vec<String> = embedded(run, scenario, &all).into_iter().collect();
    let issued = run_token(run, scenario).filter(|exchange| is_used(exchange, &used));
    parts.extend(issued.map(|exchange| token(exchange, &shell)));
    let steps = sent.iter().take(MOST);
    parts.extend(steps.map(|alike| step(alike, &used, &shell)));
    if sent.len() > MOST {
        let more = sent.len() - MOST;
        parts.push(format!("# and {more} more, which the record holds"));
    }
    Some(text::block(&parts.join(BETWEEN)))
}

/// The first commands of a script, whole, up to so many characters; how many are left out is said.
pub fn shorten(script: &str, limit: usize) -> String {
    let (mut kept, mut used) = (Vec::new(), 0);
    let parts: Vec<&str> = script.split(BETWEEN).collect();
    for part in &parts {
        used += part.chars().count() + BETWEEN.len();
        if used > limit && !kept.is_empty() {
            let more = parts.len() - kept.len();
            kept.push("");
            let said = format!("# and {more} more: `destspec report record.json --format html`");
            return format!("{}{said}", kept.join(BETWEEN));
        }
        kept.push(part);
    }
    kept.join(BETWEEN)
}

/// A question asked over and over is repeated once; what is delivered counts each time.
fn sent<'a>(all: &[&'a Exchange]) -> Vec<Alike<'a>> {
    let one = |exchange: &'a Exchange| Alike {
        number: 1,
        count: 1,
        first: exchange,
        last: exchange,
    };
    let mut sent = Vec::new();
    let mut from = 0;
    for found in alike(all.iter().copied()) {
        let until = from + found.count;
        match found.first.purpose {
            Purpose::Observation => sent.push(found),
            Purpose::Delivery
            | Purpose::Token
            | Purpose::Audience
            | Purpose::Canary
            | Purpose::Authorization
            | Purpose::Control => sent.extend(all[from..until].iter().map(|e| one(e))),
        }
        from = until;
    }
    sent
}

/// Of the reference destination: how it is had again, where the requests went.
fn embedded(run: &Run, scenario: &Scenario, all: &[&Exchange]) -> Option<String> {
    if !is_embedded(run) {
        return None;
    }
    let mut known = run.destinations.iter();
    let known = known.find(|known| known.name == scenario.destination);
    let streams = known.is_some_and(|known| known.family == Family::Streaming);
    let mut urls = all.iter().filter_map(|exchange| exchange.request());
    let port = urls.find_map(|request| Url::parse(&request.url).ok()?.port());
    Some(match port.filter(|_| streams) {
        Some(port) => format!(
            "# the reference destination ended with this run; in another terminal, with the --fault of the run:\n\
             #   destspec emulate --submission reference --port {port}"
        ),
        None => String::from(
            "# the reference destination ended with this run; these can be typed once it is judged as another's:\n\
             #   destspec emulate --submission reference\n\
             #   destspec run reference/submission.toml",
        ),
    })
}

/// The tokens that requests send, by their marks.
fn used(all: &[&Exchange]) -> Vec<String> {
    let sent = all.iter().filter_map(|exchange| exchange.request());
    let values = sent.flat_map(|request| request.headers.iter().map(|(_, value)| value));
    values.filter_map(|value| mark(value)).collect()
}

/// The mark of a token in a text.
fn mark(text: &str) -> Option<String> {
    let from = text.find(TOKEN)?;
    let rest = &text[from..];
    let until = rest.find('⟧')?;
    Some(rest[..until].to_owned())
}

fn answered(exchange: &Exchange) -> Option<&str> {
    match &exchange.http()?.result {
        Came::Answer(answer) => match &answer.body {
            Body::Text(text) => Some(text),
            Body::Empty | Body::Base64(_) | Body::Digest { .. } | Body::Withheld(_) => None,
        },
        Came::Failure(_) => None,
    }
}

fn is_used(exchange: &Exchange, used: &[String]) -> bool {
    let issued = answered(exchange).and_then(mark);
    issued.is_some_and(|mark| used.contains(&mark))
}

/// The request whose answer holds the token that the whole run sent.
fn run_token<'a>(run: &'a Run, scenario: &Scenario) -> Option<&'a Exchange> {
    let mut known = run.destinations.iter();
    let known = known.find(|known| known.name == scenario.destination)?;
    known.exchanges.first().map(AsRef::as_ref)
}

fn token(exchange: &Exchange, shell: &Shell) -> String {
    format!(
        "# the token of the run: {}\n{}",
        text::line(&exchange.summary()),
        keeping(exchange, shell)
    )
}

/// Keeps the token of the answer in a variable.
fn keeping(exchange: &Exchange, shell: &Shell) -> String {
    let asks = exchange.request().map(|request| quiet(request, shell));
    let key = answered(exchange).and_then(key).unwrap_or("access_token");
    format!(
        "ACCESS_TOKEN=$({} |\n  sed -n 's/.*\"{key}\"[[:space:]]*:[[:space:]]*\"\\([^\"]*\\)\".*/\\1/p')",
        asks.unwrap_or_default()
    )
}

/// The member that holds the token.
fn key(body: &str) -> Option<&str> {
    let before = body[..body.find(TOKEN)?].strip_suffix('"')?;
    let before = before.trim_end().strip_suffix(':')?.trim_end();
    let key = before.strip_suffix('"')?.rsplit('"').next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!key.is_empty() && key.chars().all(plain)).then_some(key)
}

/// One exchange: what it was in a comment, and the command where it was HTTP.
fn step(alike: &Alike<'_>, used: &[String], shell: &Shell) -> String {
    let exchange = alike.last;
    let times = alike.times().map(|times| format!(", {times}"));
    let heading = format!(
        "# {}  {}{}",
        alike.first.reference(),
        exchange.summary(),
        times.unwrap_or_default()
    );
    let heading = text::line(&heading);
    match exchange.request() {
        Some(_) if is_used(exchange, used) => format!("{heading}\n{}", keeping(exchange, shell)),
        Some(request) => format!("{heading}\n{}", command(request, shell)),
        None => heading,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_is_too_long_ends_with_a_whole_command() {
        let script = "# 1\ncurl a\n\n# 2\ncurl b\n\n# 3\ncurl c";
        assert_eq!(shorten(script, 100), script);
        let short = shorten(script, 25);
        assert!(
            short.starts_with("# 1\ncurl a\n\n# 2\ncurl b\n\n# and 1 more: "),
            "{short}"
        );
        assert!(shorten(script, 1).starts_with("# 1\ncurl a\n\n# and 2 more: "));
    }

    #[test]
    fn the_member_that_holds_a_token_is_known_by_its_mark() {
        let body = r#"{"a": 1, "jwt" : "⟦secret:access_token#1f⟧"}"#;
        assert_eq!(key(body), Some("jwt"));
        assert_eq!(mark(body).as_deref(), Some("⟦secret:access_token#1f"));
        assert_eq!(key("⟦secret:access_token#1f⟧"), None);
    }
}
