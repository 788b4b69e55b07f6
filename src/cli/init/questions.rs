//! The few questions of `destspec init` at a terminal. It knows a reader and a writer, and no terminal.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use clap::ValueEnum as _;
use url::Url;

use crate::cli::Failure;
use crate::cli::args::StorageKind;
use crate::cli::init::draft::{Draft, Login};
use crate::cli::load::plain;
use crate::publish::report::text;

/// What a person said.
#[derive(Debug, PartialEq, Eq)]
pub struct Answers {
    /// Where to write.
    pub folder: PathBuf,
    /// Name of the partner.
    pub partner: String,
    /// `isv`, `si` or `customer`.
    pub kind: String,
    /// Mail address.
    pub contact: String,
    /// Name of the destination.
    pub name: String,
    /// What it is about.
    pub about: About,
}

/// What a submission is about.
#[derive(Debug, PartialEq, Eq)]
pub enum About {
    /// JSON that is posted already.
    Posted(PathBuf),
    /// An example that takes messages there.
    Messages {
        /// The delivery URL.
        url: String,
        /// How it is logged in to.
        login: Login,
    },
    /// An example that takes files.
    Files(StorageKind),
}

/// What stands for the name that the posted configuration has.
const AS_POSTED: &str = "as posted";

/// Asks; an empty answer takes what stands in brackets.
///
/// # Errors
/// When the answers end early: nothing is written then.
pub fn ask(reader: &mut impl BufRead, writer: &mut impl Write) -> Result<Answers, Failure> {
    let example = Draft::default();
    let mut person = Person { reader, writer };
    person.say(
        "A few questions; Enter takes what stands in brackets, Ctrl-C ends without a file.\n",
    )?;
    let partner = person.asked("Name of your company", &example.partner, filled)?;
    let kind = person.asked(
        "What it is: isv (software vendor), si (system integrator) or customer",
        &example.kind,
        |text| one_of(text, &["isv", "si", "customer"]),
    )?;
    let contact = person.asked("Mail address for questions", &example.contact, mail)?;
    let posted = person.asked(
        "Destination SDK JSON that you have: a destination server, or a folder; none begins with an example",
        "none",
        existing,
    )?;
    let (usual, about) = match posted {
        Some(path) => (AS_POSTED.to_owned(), About::Posted(path)),
        None => person.example()?,
    };
    let name = person.asked("Name of the destination", &usual, |text| match text {
        AS_POSTED => Ok(example.name.clone()),
        _ => slug(text),
    })?;
    let folder = person.asked("Folder to write to", ".", filled)?;
    Ok(Answers {
        folder: PathBuf::from(folder),
        partner,
        kind,
        contact,
        name,
        about,
    })
}

struct Person<'a, R, W> {
    reader: &'a mut R,
    writer: &'a mut W,
}

impl<R: BufRead, W: Write> Person<'_, R, W> {
    fn example(&mut self) -> Result<(String, About), Failure> {
        let what = self.asked("Does it take messages or files", "messages", |text| {
            one_of(text, &["messages", "files"])
        })?;
        if what == "files" {
            let kinds = StorageKind::value_variants().iter();
            let kinds =
                kinds.filter_map(|kind| Some(kind.to_possible_value()?.get_name().to_owned()));
            let kinds: Vec<String> = kinds.collect();
            let question = format!("Where they go: {}", kinds.join(", "));
            let kind = self.asked(&question, "s3", |text| StorageKind::from_str(text, true))?;
            return Ok((String::from("example-batch"), About::Files(kind)));
        }
        let url = self.asked(
            "Where messages are delivered, e.g. https://api.example.com/audiences",
            "",
            address,
        )?;
        let login = self.asked(
            "Authentication: bearer, basic or oauth2",
            "bearer",
            |text| one_of(text, &["bearer", "basic", "oauth2"]),
        )?;
        let login = match login.as_str() {
            "basic" => Login::Basic,
            "oauth2" => Login::ClientCredentials(self.asked(
                "Where its tokens come from, e.g. https://login.example.com/token",
                "",
                address,
            )?),
            _ => Login::Bearer,
        };
        Ok((Draft::default().name, About::Messages { url, login }))
    }

    /// Asks until an answer will do.
    fn asked<T>(
        &mut self,
        question: &str,
        usual: &str,
        fits: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        loop {
            let brackets = match usual {
                "" => String::new(),
                usual => format!(" [{usual}]"),
            };
            self.say(&format!("{question}{brackets}: "))?;
            let mut line = String::new();
            let read = self.reader.read_line(&mut line);
            let read = read.map_err(|error| ended(&plain(&error)))?;
            if read == 0 {
                return Err(ended("the answers end here"));
            }
            let answer = match line.trim() {
                "" => usual,
                answer => answer,
            };
            match fits(answer) {
                Ok(answer) => return Ok(answer),
                Err(why) => self.say(&format!("  {}\n", text::line(&why)))?,
            }
        }
    }

    fn say(&mut self, text: &str) -> Result<(), Failure> {
        let said = self.writer.write_all(text.as_bytes());
        let said = said.and_then(|()| self.writer.flush());
        said.map_err(|error| ended(&plain(&error)))
    }
}

fn ended(why: &str) -> Failure {
    Failure::usage(
        format!("cannot ask: {why}; nothing was written"),
        Some(String::from(
            "`destspec init FOLDER` writes an example without questions",
        )),
    )
}

fn filled(text: &str) -> Result<String, String> {
    match text.is_empty() {
        true => Err(String::from("expected an answer, received none")),
        false => Ok(text.to_owned()),
    }
}

fn one_of(text: &str, choices: &[&str]) -> Result<String, String> {
    let lower = text.to_lowercase();
    match choices.contains(&lower.as_str()) {
        true => Ok(lower),
        false => Err(format!(
            "expected {}, received `{text}`",
            choices.join(" or ")
        )),
    }
}

fn mail(text: &str) -> Result<String, String> {
    let parts = text.split_once('@');
    match parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()) {
        true => Ok(text.to_owned()),
        false => Err(format!("expected a mail address, received `{text}`")),
    }
}

fn existing(text: &str) -> Result<Option<PathBuf>, String> {
    let path = PathBuf::from(text);
    match (text, path.exists()) {
        ("none", false) => Ok(None),
        (_, true) => Ok(Some(path)),
        (_, false) => Err(format!(
            "expected a file or a folder, received `{text}`: there is none"
        )),
    }
}

fn slug(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    match !text.is_empty() && text.len() <= 64 && text.chars().all(fits) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "expected up to 64 lower-case letters, digits, `-`, `_` and `.`, received `{text}`"
        )),
    }
}

fn address(text: &str) -> Result<String, String> {
    let read = Url::parse(text).ok();
    let fits = |url: &Url| matches!(url.scheme(), "https" | "http") && url.has_host();
    match read.as_ref().is_some_and(fits) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "expected a URL that begins with https://, received `{text}`"
        )),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests may panic")]
mod tests {
    use super::*;

    fn said(answers: &str) -> (Result<Answers, Failure>, String) {
        let mut out = Vec::new();
        let answers = ask(&mut answers.as_bytes(), &mut out);
        (answers, String::from_utf8(out).unwrap())
    }

    fn answers(lines: &str) -> Answers {
        match said(lines) {
            (Ok(answers), _) => answers,
            (Err(_), out) => panic!("{out}"),
        }
    }

    #[test]
    fn enter_takes_what_stands_in_brackets_and_what_does_not_do_is_asked_again() {
        let url = "https://api.moonshine.example/in";
        let (read, out) = said(&format!(
            "\nvendor\nSI\n\nnobody\nnone\n\nhere\n{url}\n\n\n\n"
        ));
        let Ok(read) = read else { panic!("{out}") };
        assert_eq!(read.partner, "Example Partner");
        assert_eq!(read.kind, "si");
        assert_eq!(read.name, "example-streaming");
        assert_eq!(read.folder, PathBuf::from("."));
        let login = Login::Bearer;
        let url = url.to_owned();
        assert_eq!(read.about, About::Messages { url, login });
        assert!(
            out.contains("  expected isv or si or customer, received `vendor`\n"),
            "{out}"
        );
        assert!(out.contains("received `nobody`: there is none"), "{out}");
        assert!(
            out.contains("expected a URL that begins with https://, received `here`"),
            "{out}"
        );
    }

    #[test]
    fn files_and_tokens_are_asked_for_where_they_are() {
        let files = answers("Moonshine\n\n\n\nfiles\nsftp\nmoon\nacme\n");
        assert_eq!(files.about, About::Files(StorageKind::Sftp));
        assert_eq!(
            (files.partner.as_str(), files.name.as_str()),
            ("Moonshine", "moon")
        );
        let (url, token) = (
            "https://api.example.com/in",
            "https://login.example.com/token",
        );
        let messages = answers(&format!("\n\n\n\n\n{url}\noauth2\n{token}\n\n\n"));
        let login = Login::ClientCredentials(token.to_owned());
        let url = url.to_owned();
        assert_eq!(messages.about, About::Messages { url, login });
    }

    #[test]
    fn answers_that_end_early_end_it() {
        assert!(said("").0.is_err());
        assert!(said("Moonshine\nisv\n").0.is_err());
    }
}
