//! Renders per second against minijinja on equivalent templates, interleaved in one run.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its figures and may panic"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use destspec::encode::pebble::{Context, Options, Template};
use minijinja::Environment;
use serde_json::{Value as Json, json};

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

fn time(rounds: usize, mut render: impl FnMut() -> String) -> Duration {
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
    let template = Template::parse(PEBBLE, &Options::adobe()).unwrap();
    let batch = |profiles| {
        let context = Context::from_json(&context(profiles));
        median(
            (0..5)
                .map(|_| time(1, || template.render(&context).unwrap()))
                .collect(),
        )
    };
    let (small, large) = (batch(1000), batch(10_000));
    println!(
        "scaling: 1,000 profiles {small:.2?}, 10,000 profiles {large:.2?}, {:.1} times the time for 10 times the profiles",
        large.as_secs_f64() / small.as_secs_f64(),
    );
}
