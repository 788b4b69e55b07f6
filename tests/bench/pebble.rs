//! Renders per second against minijinja on equivalent templates, and what a large batch costs against small ones.
//! What is compared runs in turn, in one run.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its figures and may panic"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use destspec::encode::message::Renderer;
use destspec::encode::pebble::{Context, Options, Template};
use destspec::model::profile::{Profile, Status};
use destspec::model::submission::{Files, parse};
use minijinja::Environment;
use serde_json::{Value as Json, json};

/// Profiles of a large batch and of a small one.
const LARGE: usize = 10_000;
const SMALL: usize = 1000;

const PEBBLE: &str = r#"{
  "users": [
  {%- for p in input.profiles %}
    {
      "ids": [
      {%- for ns in p.identityMap -%}
        {%- for i in ns.value %}
        {"type": "{{ ns.key }}", "id": "{{ i.id }}"}{%- if not loop.last -%},{%- endif -%}
        {%- endfor -%}{%- if not loop.last -%},{%- endif -%}
      {% endfor %}
      ],
      "firstName": "{{ p.attributes.firstName.value | upper }}",
      "region": "{{ customerData.region }}",
      "segments": [
      {%- for s in p.segmentMembership.ups %}
        {%- if s.value.status == "realized" or s.value.status == "existing" %}
        "{{ s.key }}"{%- if not loop.last -%},{%- endif -%}
        {%- endif %}
      {%- endfor %}
      ]
    }{%- if not loop.last -%},{%- endif -%}
  {% endfor %}
  ]
}"#;

/// The same text from minijinja: entries of maps come from `items`.
fn jinja() -> String {
    PEBBLE
        .replace("for ns in p.identityMap", "for ns in p.identityMap|items")
        .replace(
            "for s in p.segmentMembership.ups",
            "for s in p.segmentMembership.ups|items",
        )
        .replace("ns.value", "ns[1]")
        .replace("ns.key", "ns[0]")
        .replace("s.value", "s[1]")
        .replace("s.key", "s[0]")
}

fn context(profiles: usize) -> Json {
    let profile = |n: usize| {
        json!({
            "identityMap": {
                "email": [{"id": format!("ada{n}@example.com")}, {"id": format!("a{n}@example.org")}],
                "gaid": [{"id": format!("g-{n}")}],
            },
            "attributes": {"firstName": {"value": "Ada"}, "lastName": {"value": "Byron"}},
            "segmentMembership": {"ups": {
                "s1": {"status": "realized", "lastQualificationTime": "2022-01-01T00:00:00Z"},
                "s2": {"status": "exited", "lastQualificationTime": "2022-01-01T00:00:00Z"},
                "s3": {"status": "existing", "lastQualificationTime": "2022-01-01T00:00:00Z"},
            }},
        })
    };
    json!({
        "customerData": {"region": "EU"},
        "input": {"profiles": (0..profiles).map(profile).collect::<Vec<_>>()},
    })
}

fn time<T>(rounds: usize, mut render: impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..rounds {
        black_box(render());
    }
    start.elapsed() / rounds as u32
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Render with both engines in turn; the median times of ours and of minijinja.
fn compare(profiles: usize, rounds: usize) -> (Duration, Duration) {
    let json = context(profiles);
    let ours = Template::parse(PEBBLE, &Options::adobe()).unwrap();
    let our_context = Context::from_json(&json);
    let mut environment = Environment::new();
    let source = jinja();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.add_template("t", &source).unwrap();
    let theirs = environment.get_template("t").unwrap();
    let their_context = minijinja::Value::from(minijinja::value::Serde(&json));
    let text = ours.render(&our_context).unwrap();
    let theirs_text = theirs.render(&their_context).unwrap();
    let packed = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(
        packed(&text),
        packed(&theirs_text),
        "the engines must write the same message"
    );
    let (mut mine, mut other) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        mine.push(time(rounds, || ours.render(&our_context).unwrap()));
        other.push(time(rounds, || theirs.render(&their_context).unwrap()));
    }
    (median(mine), median(other))
}

fn per_second(time: Duration) -> f64 {
    1.0 / time.as_secs_f64()
}

fn main() {
    for (profiles, rounds) in [(1, 2000), (1000, 4)] {
        let (ours, theirs) = compare(profiles, rounds);
        println!(
            "{profiles:>5} profiles: {:>9.1} renders/s, minijinja {:>9.1} renders/s, ratio {:.2}",
            per_second(ours),
            per_second(theirs),
            theirs.as_secs_f64() / ours.as_secs_f64(),
        );
    }
    scaling();
}

/// What a large batch costs more per profile than small ones, in one run and in turn.
fn scaling() {
    let template = Template::parse(PEBBLE, &Options::adobe()).unwrap();
    let json = context(LARGE);
    let large = Context::from_json(&json);
    let small: Vec<Context> = (0..LARGE / SMALL)
        .map(|_| Context::from_json(&context(SMALL)))
        .collect();
    let renderer = renderer();
    let profiles: Vec<Profile> = (0..LARGE).map(person).collect();
    let render = |context: &Context| template.render(context).unwrap().len();
    let read = |json: &Json| render(&Context::from_json(json));
    let part = context(SMALL);
    let messages = |profiles: &[Profile]| renderer.messages(profiles).unwrap().len();
    report(
        "render",
        || render(&large),
        || small.iter().map(render).sum(),
    );
    report(
        "read and render",
        || read(&json),
        || (0..LARGE / SMALL).map(|_| read(&part)).sum(),
    );
    report(
        "profiles to a message",
        || messages(&profiles),
        || profiles.chunks(SMALL).map(messages).sum(),
    );
}

fn report(what: &str, mut large: impl FnMut() -> usize, mut small: impl FnMut() -> usize) {
    let (mut whole, mut parts) = (Vec::new(), Vec::new());
    for _ in 0..11 {
        whole.push(time(1, &mut large));
        parts.push(time(1, &mut small));
    }
    let (whole, parts) = (median(whole), median(parts));
    let times = LARGE / SMALL;
    println!(
        "{what}: {LARGE} profiles {whole:.2?}, {times} x {SMALL} profiles {parts:.2?}, \
         {:.1} times the time of {SMALL}",
        times as f64 * whole.as_secs_f64() / parts.as_secs_f64(),
    );
}

/// A destination that takes all profiles in one message.
fn renderer() -> Renderer {
    let template = |value: &str| json!({"templatingStrategy": "PEBBLE_V1", "value": value});
    let server = json!({
        "destinationServerType": "URL_BASED",
        "urlBasedDestination": {"url": template("https://api.example.com/users")},
        "httpTemplate": {
            "httpMethod": "POST", "contentType": "application/json", "requestBody": template(PEBBLE),
        },
    });
    let configuration = json!({
        "name": "d", "identityNamespaces": {"email": {}, "gaid": {}},
        "schemaConfig": {"profileRequired": true},
        "customerDataFields": [{"name": "region", "type": "string", "default": "EU"}],
        "aggregation": {"aggregationType": "BEST_EFFORT", "bestEffortAggregation": {
            "maxUsersPerRequest": LARGE, "splitUserById": false}},
        "destinationDelivery": [{"authenticationRule": "NONE"}],
    });
    let submission = "[partner]\nname = \"p\"\nkind = \"isv\"\ncontact = \"a@example.com\"\n\
        [[destination]]\nname = \"d\"\nversion = \"1\"\nserver = \"s\"\nconfiguration = \"c\"\n";
    let files = Pair {
        server: server.to_string(),
        configuration: configuration.to_string(),
    };
    let (submission, _) = parse("submission.toml", submission, &files).unwrap();
    Renderer::new(&submission.destinations[0]).unwrap()
}

struct Pair {
    server: String,
    configuration: String,
}

impl Files for Pair {
    fn read(&self, path: &str) -> Result<String, String> {
        Ok(if path == "s" {
            self.server.clone()
        } else {
            self.configuration.clone()
        })
    }
}

fn person(n: usize) -> Profile {
    let time = "2022-01-01T00:00:00Z";
    Profile::new()
        .identity("email", format!("ada{n}@example.com"))
        .identity("email", format!("a{n}@example.org"))
        .identity("gaid", format!("g-{n}"))
        .attribute("firstName", "Ada")
        .attribute("lastName", "Byron")
        .member("ups", "s1", Status::Realized, time)
        .member("ups", "s2", Status::Exited, time)
        .member("ups", "s3", Status::Realized, time)
}
