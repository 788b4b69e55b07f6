//! `destspec login DESTINATION`: a person logs in with a browser, and the refresh token is kept where the submission says.

use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rand::RngExt;

use crate::cli::args::{LoginArgs, SubmissionArgs};
use crate::cli::exit::Exit;
use crate::cli::load::Loading;
use crate::cli::opened::{Data, Opened, opened};
use crate::cli::places::{Kind, free_for};
use crate::cli::reference::Asked;
use crate::cli::{Failure, output, print};
use crate::encode::oauth2::TokenAnswer;
use crate::model::record::Exchange;
use crate::model::sdk::Grant;
use crate::model::secret::{Secret, mark};
use crate::model::submission::{
    AuthenticationClaim, CredentialName, CredentialValue, Destination, SecretName, SecretSource,
};
use crate::suite::open::Target;
use crate::suite::subject::{Streaming, Subject};
use crate::wire::line;
use crate::wire::login::{Callback, LoginError, pasted};

/// Letters and digits of a state: nobody guesses it.
const STATE_SIGNS: usize = 32;

/// Lets a person log in.
///
/// # Errors
/// The destination is no such, nothing says where to keep the token, or no code or token comes.
pub async fn run(args: &LoginArgs) -> Result<Exit, Failure> {
    let submission = SubmissionArgs {
        submission: Some(args.submission.clone()),
        deny_literal_secrets: false,
    };
    let (asked, data) = (Asked::default(), Data::of(0));
    let opened = opened(&submission, Loading::SHOWN, asked, data, None).await?;
    let (target, streaming) = of_name(&opened, &args.destination)?;
    let path = beside(&args.submission, &file(&streaming.destination)?);
    free_for(&path, Kind::Token)?;
    has_client(&opened, &streaming.destination)?;
    let state = state();
    let (redirect_uri, callback) = way_back(args).await?;
    let url = streaming
        .authorization_request(&redirect_uri, &state)
        .map_err(|_| misconfigured("expected `authorizationUrl` to be an absolute URL"))?;
    // with another scheme the system may start a program on it
    if !["https://", "http://"]
        .iter()
        .any(|web| url.starts_with(web))
    {
        return Err(misconfigured(
            "expected `authorizationUrl` to be an `https` URL",
        ));
    }
    print::message(&format!("Log in here, with a browser:\n  {url}"));
    let code = match callback {
        Some(callback) => {
            browse(&url, args.no_browser);
            callback.code(&state).await
        }
        None => typed(&state),
    };
    let code = code.map_err(|error| unfinished(&error))?;
    let exchanged = target.door.exchange_code(code, &redirect_uri).await;
    let (exchange, issued) = exchanged.map_err(Failure::fault)?;
    let issued = issued.map_err(|why| refused(&why, &exchange))?;
    let refresh = issued.refresh.ok_or_else(|| lacking(streaming))?;
    output::write_private(&path, &line(&refresh))?;
    print::result(&format!(
        "kept the refresh token of `{}` in {}\n",
        args.destination,
        path.display()
    ))?;
    Ok(Exit::Success)
}

/// Keeps each refresh token that took the place of the one that a submission gave: the next run needs it.
///
/// # Errors
/// When a file cannot be written.
pub fn keep_newest(targets: &[Target], submission: &Path) -> Result<(), Failure> {
    for target in targets {
        let destination = target.subject.destination();
        let credential = destination.credentials.get(CredentialName::RefreshToken);
        let Some((newest, credential)) = target.door.newest_refresh_token().zip(credential) else {
            continue;
        };
        match &credential.value {
            CredentialValue::Secret(SecretSource::File(file)) => {
                output::write_private(&beside(submission, file), &line(&newest))?;
            }
            CredentialValue::Secret(SecretSource::Env(_))
            | CredentialValue::Literal(_)
            | CredentialValue::Posted(_) => print::message(&format!(
                "note: the refresh token of `{}` was replaced and is lost: name a file that keeps it, `refresh_token = {{ file = \"…\" }}`, and log in again",
                destination.name
            )),
        }
    }
    Ok(())
}

fn beside(submission: &Path, file: &str) -> PathBuf {
    submission
        .parent()
        .map_or_else(|| PathBuf::from(file), |folder| folder.join(file))
}

fn of_name<'a>(opened: &'a Opened, name: &str) -> Result<(&'a Target, &'a Streaming), Failure> {
    let mut all = opened.targets.iter();
    let found = all.find(|target| target.subject.destination().name == name);
    let names = opened
        .targets
        .iter()
        .map(|t| t.subject.destination().name.as_str());
    let names: Vec<&str> = names.collect();
    let Some(target) = found else {
        let help = format!("the submission has {}", names.join(", "));
        return Err(Failure::usage(
            format!("no destination is called `{name}`"),
            Some(help),
        ));
    };
    match &target.subject {
        Subject::Streaming(streaming)
            if streaming.speaks(AuthenticationClaim::OAuth2(Grant::AuthorizationCode)) =>
        {
            Ok((target, streaming))
        }
        Subject::Streaming(_) | Subject::Batch(_) | Subject::Inoperable(_) => Err(Failure::usage(
            format!("nobody logs in to `{name}`: it does not use the authorization code grant"),
            Some(String::from(
                "`OAUTH2_AUTHORIZATION_CODE` in `customerAuthenticationConfigurations` says so",
            )),
        )),
    }
}

/// The file that the submission names for the refresh token.
fn file(destination: &Destination) -> Result<String, Failure> {
    let credential = destination.credentials.get(CredentialName::RefreshToken);
    match credential.map(|credential| &credential.value) {
        Some(CredentialValue::Secret(SecretSource::File(file))) => Ok(file.clone()),
        Some(
            CredentialValue::Secret(SecretSource::Env(_))
            | CredentialValue::Literal(_)
            | CredentialValue::Posted(_),
        )
        | None => Err(Failure::usage(
            format!(
                "nothing says where to keep the refresh token of `{}`",
                destination.name
            ),
            Some(String::from(
                "write `refresh_token = { file = \"secrets/refresh-token\" }` under [destination.credentials]",
            )),
        )),
    }
}

/// What only shows a submission does without what it lacks; a login needs the client.
fn has_client(opened: &Opened, destination: &Destination) -> Result<(), Failure> {
    let fetched = opened.loaded.fetched.get(&destination.name);
    let name = SecretName::Credential(CredentialName::ClientSecret);
    let secret = fetched.and_then(|fetched| fetched.secrets.get(&name));
    let id = fetched.and_then(|fetched| fetched.open.get(&CredentialName::ClientId));
    let lacking = match (secret, id) {
        (_, Some(id)) if *id == mark(CredentialName::ClientId.key()) => CredentialName::ClientId,
        (Some(secret), _) if !secret.is_mark() => return Ok(()),
        (Some(_) | None, _) => CredentialName::ClientSecret,
    };
    Err(Failure::usage(
        format!(
            "the `{}` of `{}` cannot be had",
            lacking.key(),
            destination.name
        ),
        Some(String::from("`destspec check` says why")),
    ))
}

/// Where the browser ends, and what waits for it there; nothing where the address is pasted.
async fn way_back(args: &LoginArgs) -> Result<(String, Option<Callback>), Failure> {
    if let Some(uri) = &args.redirect_uri {
        return Ok((uri.clone(), None));
    }
    let callback = Callback::bind(args.port).await.map_err(|error| {
        Failure::surroundings(
            format!("cannot listen on 127.0.0.1: {}", error.kind()),
            "name another port, or none: a free one is taken then",
        )
    })?;
    Ok((callback.redirect_uri(), Some(callback)))
}

fn state() -> String {
    let sign = || char::from(rand::rng().sample(rand::distr::Alphanumeric));
    std::iter::repeat_with(sign).take(STATE_SIGNS).collect()
}

/// Opens the browser of a person at a terminal; who has none opens the address that was printed.
fn browse(url: &str, no_browser: bool) {
    if no_browser || !print::can_draw() {
        return;
    }
    let (program, first): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("rundll32", &["url.dll,FileProtocolHandler"]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(first).arg(url);
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    // the address is printed in any case
    let _ = command.stderr(Stdio::null()).spawn();
}

fn typed(state: &str) -> Result<Secret, LoginError> {
    print::message("Then paste the address that the browser ends at, or the code in it:");
    let mut text = String::new();
    let read = std::io::stdin().lock().read_line(&mut text);
    read.map_err(|_| LoginError::Ended)?;
    pasted(&text, state)
}

fn misconfigured(text: &str) -> Failure {
    let help = Some(String::from("`destspec check` shows what is wrong with it"));
    Failure::usage(text, help)
}

fn unfinished(error: &LoginError) -> Failure {
    let help = match error {
        LoginError::Refused(_) => {
            "see whether this client may use the authorization code grant with these scopes"
        }
        LoginError::OtherState | LoginError::NoCode | LoginError::Ended => {
            "log in again, with the address that is printed then"
        }
    };
    Failure::surroundings(error.to_string(), help)
}

fn refused(why: &str, exchange: &Exchange) -> Failure {
    let error = exchange.answer().map(TokenAnswer::recorded);
    let error = error.as_ref().and_then(TokenAnswer::error);
    let error = error.map_or_else(String::new, |error| format!(", `{error}`"));
    Failure::surroundings(
        format!("expected a token for the code: {why}{error}"),
        "see whether client id, client secret and `useBasicAuth` are right, and log in again: a code is good for one try",
    )
}

fn lacking(streaming: &Streaming) -> Failure {
    let place = streaming
        .token
        .as_ref()
        .map_or("", |client| client.refresh_place());
    Failure::surroundings(
        format!("expected a refresh token at `{place}`, received an answer without"),
        "ask for it with the scope that your server has for it, or correct `refreshTokenResponsePath`",
    )
}
